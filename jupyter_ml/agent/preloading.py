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
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.environments import SPACE, given_environment
from jupyter_ml.agent.processes import MARKER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["READ_BY_LIBRARIES", "Preloaded", "recording"]

READ_BY_LIBRARIES = re.compile(
    "(PYTHON|LD_|LC_|LANG|MALLOC_|OMP_|KMP_|GOMP_|MKL_|OPENBLAS_|BLIS_|NUMEXPR_|VECLIB_|CUDA_|NVIDIA_|ROCR_|HIP_|TF_|XLA_"
    "|JAX_|TORCH_|PYTORCH_).*|TZ|GLIBC_TUNABLES"
)
"""Variables that Python, the C library or another one reads when it is loaded."""
DIFFERENT = frozenset({"PATH", "PWD", "OLDPWD", "SHLVL", "_", "JPY_PARENT_PID", MARKER, SPACE})
"""Variables that differ between programs, and that no module keeps."""


OURS = __name__.partition(".")[0]
"""The package of the agent, which kernels do not have."""


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
        self._files, self._learned = _installed(), set[str]()
        gc.disable()
        with recording(self._read):
            os.environ.update(self._defaults)
            for each in modules:
                self._load(each)
            for name in self._defaults:
                del os.environ[name]
        gc.collect()
        gc.freeze()
        gc.enable()

    def learn(self, module: str) -> None:
        """Import another module, which `probing.probe` has found to be safe."""
        before = {*sys.modules}
        with recording(self._read):
            os.environ.update(self._defaults)
            importlib.import_module(module)
            for name in self._defaults:
                os.environ.pop(name, None)
        self._learned |= {name.partition(".")[0] for name in sys.modules.keys() - before}
        gc.collect()
        gc.freeze()

    def differences(self, env: dict[str, str]) -> set[str]:
        """Return the variables that have another value in a program than in this process."""
        names = {*env, *self._given, *self._defaults} - self._ignored
        return {name for name in names if self._value(self._given, name) != self._value(env, name)}

    def _value(self, env: dict[str, str], name: str) -> str | None:
        return env.get(name, self._defaults.get(name))

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

    def refusal(self, env: dict[str, str], path: Iterable[str], cwd: str) -> str | None:
        """Return why a program cannot be forked; None where it can.

        Parameters
        ----------
        env
            Its variables.
        path, cwd
            The directories from which it imports first, and its working directory.
        """
        imported = {name.partition(".")[0] for name in sys.modules} - {OURS}
        for folder, names in [*((folder, imported) for folder in path), (cwd, self._learned)]:
            for name in sorted(filter(partial(_elsewhere, folder), names.intersection(_names(folder)))):
                return f"{name} is in {folder}, and was imported from elsewhere"
        for name in sorted(self.differences(env)):
            if name in self._read or READ_BY_LIBRARIES.fullmatch(name):
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
        for entry in os.scandir(folder):
            if entry.name.endswith((".py", ".pyc", ".so")) or os.path.exists(f"{entry.path}/__init__.py"):
                yield entry.name.partition(".")[0]


def _elsewhere(folder: str, name: str) -> bool:
    """Return whether a module was imported from another directory than one that has a module of this name."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return name not in sys.builtin_module_names and not str(file).startswith(os.path.join(folder, ""))


class recording:  # noqa: N801 -- a context manager
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
