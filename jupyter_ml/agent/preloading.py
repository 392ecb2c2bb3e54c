# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Import modules before programs that need them are forked, and learn for which programs that is right."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.environments import SPACE, given_environment
from jupyter_ml.agent.processes import MARKER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["Preloaded"]

READ_BY_LIBRARIES = re.compile(
    "(PYTHON|LD_|LC_|LANG|MALLOC_|OMP_|KMP_|GOMP_|MKL_|OPENBLAS_|BLIS_|NUMEXPR_|VECLIB_|CUDA_|NVIDIA_|ROCR_|HIP_|TF_|XLA_"
    "|JAX_|TORCH_|PYTORCH_).*|TZ|GLIBC_TUNABLES"
)
"""Variables that Python, the C library or another one reads when it is loaded."""
DIFFERENT = frozenset({"PATH", "PWD", "OLDPWD", "SHLVL", "_", "JPY_PARENT_PID", MARKER, SPACE})
"""Variables that differ between programs, and that no module keeps."""


class Preloaded:
    """What this process has imported.

    Parameters
    ----------
    modules
        Names of modules; for ``module:function`` the function is called as well. Those with a ``?`` may be missing.
    defaults
        Variables during the imports that programs do not have.
    ignored
        Variables that programs may have with another value.
    """

    def __init__(
        self, modules: Iterable[str], defaults: dict[str, str] | None = None, ignored: Collection[str] = ()
    ) -> None:
        os.environ.pop(SPACE, None)
        self._given, self._defaults = given_environment(), defaults or {}
        self._ignored = DIFFERENT | set(ignored)
        self._read: set[str] = set()
        self._files = _installed()
        gc.disable()
        with _recording(self._read):
            os.environ.update(self._defaults)
            for each in modules:
                self._load(each)
            for name in self._defaults:
                del os.environ[name]
        gc.collect()
        gc.freeze()
        gc.enable()

    @staticmethod
    def _load(name: str) -> None:
        module, _, function = name.rstrip("?").partition(":")
        try:
            imported = importlib.import_module(module)
        except ImportError:
            if not name.endswith("?"):
                raise
            return
        if function:
            getattr(imported, function)()

    def refusal(self, env: dict[str, str], path: Iterable[str]) -> str | None:
        """Return why a program cannot be forked that has these variables and imports from these directories first."""
        imported = {name.partition(".")[0] for name in sys.modules}
        for folder in path:
            for name in sorted(imported.intersection(_names(folder))):
                return f"{name} is in {folder}, and was imported from elsewhere"
        for name in sorted({*env, *self._given, *self._defaults} - self._ignored):
            default = self._defaults.get(name)
            if env.get(name, default) != self._given.get(name, default) and (
                name in self._read or READ_BY_LIBRARIES.fullmatch(name)
            ):
                return f"the variable {name} has another value, and is read when a module is imported"
        return None

    def changed(self) -> bool:
        """Return whether packages were installed or removed since."""
        return _installed() != self._files


def _installed() -> dict[str, int]:
    found = [path for path in sys.path if path.endswith("-packages")]
    config = os.path.join(sys.prefix, "pyvenv.cfg")
    return {path: os.stat(path).st_mtime_ns for path in (*found, config, sys.executable) if os.path.exists(path)}


def _names(folder: str) -> Iterator[str]:
    """Yield the names of modules that are in a directory."""
    with contextlib.suppress(OSError):
        yield from (entry.name.partition(".")[0] for entry in os.scandir(folder))


class _recording:  # noqa: N801 -- a context manager
    """Record the names of variables that are read."""

    def __init__(self, names: set[str]) -> None:
        plain: Any = type(os.environ)

        class Recording(plain):  # type: ignore[misc]
            def __getitem__(self, name: str) -> str:
                names.add(name)
                return str(super().__getitem__(name))

        self._plain, self._class = plain, Recording

    def __enter__(self) -> None:
        os.environ.__class__ = self._class

    def __exit__(self, *_: object) -> None:
        os.environ.__class__ = self._plain
