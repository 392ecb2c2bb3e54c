# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build an environment for the Python of another machine, which gets a copy and needs no package index.

Its packages are those of the lock if that Python has the version and the platform of this one, else those of a lock of
its own. What notebooks need besides is already there, because jobs run with it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.environments.building import BROKEN, build_once, resolved
from jupyter_ml.environments.installations import size_of
from jupyter_ml.environments.kernelspecs import write_own_kernelspec
from jupyter_ml.environments.uv import run_uv
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.locks import packages_of

if TYPE_CHECKING:
    from jupyter_ml.environments.building import Progress
    from jupyter_ml.environments.installations import Installations
    from jupyter_ml.schemas.environment_definition import Definition
    from jupyter_ml.schemas.pythons import Interpreter

__all__ = ["LOCK", "Elsewhere", "identity_of"]

LOCK = "requirements.txt"
"""File in the environment with its lock."""
_CHECK = f"""
import compileall, glob, os, sys
[packages] = glob.glob("lib/*/site-packages")
file, content = packages + "/zzz_jupyter_ml.pth", "\\n".join(sys.argv[1:])
if not os.path.exists(file) or open(file).read() != content:
    sys.path += sys.argv[1:]
    try:
        import ipykernel.kernelapp
    except Exception as error:
        raise SystemExit({BROKEN!r}.format(error))
    compileall.compile_dir("lib", quiet=2, workers=0)
    new = file + str(os.getpid())
    open(new, "w").write(content)
    os.replace(new, file)
"""
_SCRIPT = b"""#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/python "$0" "$@"
' '''
"""
"""Beginning of a program of Python that finds its Python beside it."""


def identity_of(name: str) -> str:
    """Return the identity of the definition that a directory with a name has, whichever machine it is for."""
    return name.partition("-")[0]


@dataclass(frozen=True)
class Elsewhere:
    """An environment for the Python of another machine.

    Parameters
    ----------
    installations
        The environments of the workspace.
    definition
        What is installed.
    python
        That Python.
    """

    installations: Installations
    definition: Definition
    python: Interpreter

    @property
    def identity(self) -> str:
        """Name of its directory on this machine."""
        return f"{self.definition.identity}-{_short(json.dumps(self.python[:3]))}"

    @property
    def directory(self) -> Path:
        """The directory of this machine of which the other one gets a copy."""
        return self.installations.path(self.identity)

    @property
    def name(self) -> str:
        """Name of the copy, which workspaces share that have the same lock, when it is built."""
        return f"{self.identity}-{_short((self.directory / LOCK).read_text(encoding='utf-8'))}"

    @property
    def check(self) -> list[str]:
        """A program that has to succeed in the copy: it compiles the packages, and adds what notebooks need.

        That is where the Python there has the packages with which jobs run, after the packages of the environment.
        """
        added = (path for each in self.python.packages for path in (each, f"{each}/../../../../package"))
        return ["bin/python", "-I", "-c", _CHECK, *added]

    @property
    def is_built(self) -> bool:
        """Whether it exists."""
        return bool(self.installations.read_note(self.identity))

    def build(self, *, nearest: bool = False, progress: Progress | None = None) -> None:
        """Build it, unless it exists; see `jupyter_ml.environments.building.build`."""

        def make(folder: Path, lock: int) -> None:
            began, note = time.monotonic(), self._difference(nearest=nearest)

            def step(done: int, text: str) -> None:
                self.installations.write_step(lock, text)
                if progress is not None:
                    progress(done, text)

            self._install(folder, lock, step)
            size, seconds = size_of(folder), round(time.monotonic() - began, 3)
            about = {"python": self.python.minor, "message": note, "bytes": size, "build_s": seconds}
            self.installations.write_note(folder, **about, built_at=now().isoformat())

        build_once(self.installations, self.identity, lambda: self.is_built, make)

    def _difference(self, *, nearest: bool) -> str | None:
        """Return which Python is used in place of that of the definition; InvalidInputError where it must not be."""
        wanted, found = self.definition.python, self.python.minor
        if wanted == found or wanted.startswith(f"{found}."):
            return None
        if nearest:
            return f"Python {wanted} is not installed on the compute: Python {found} is used."
        raise InvalidInputError(
            f"Python {wanted} is not installed on the compute, which has Python {found}: install it there, name it in "
            "the settings of the compute, or write 'environments: {python: nearest}' in workspace.yml to use the other",
            field="python",
        )

    def _install(self, folder: Path, lock: int, step: Progress) -> None:
        def uv(arguments: list[str], stdin: str | None = None) -> tuple[str, str]:
            return run_uv(arguments, cwd=self.installations.folder, stdin=stdin, keep_open=lock)

        native = (self.python.version, self.python.platform) == (sys.version_info[:2], _own_platform())
        uses = ["--python", sys.executable]
        there = ["--python-version", self.python.minor, "--python-platform", self.python.platform]
        there += [] if native else ["--only-binary", ":all:"]  # nothing can be built here for another machine
        step(0, "Resolve packages")
        identity = self.definition.identity if native else self.identity
        options = uses if native else [*uses, *there]
        known = resolved(self.installations.lock_file(identity), self.definition, self.python.minor, options, uv)
        packages = folder / "lib" / f"python{self.python.minor}" / "site-packages"
        packages.mkdir(parents=True)
        (folder / LOCK).write_text(known, encoding="utf-8")
        step(1, f"Install {len(packages_of(known))} packages")
        if packages_of(known):
            target = ["--target", str(packages), *there]
            uv(["pip", "sync", *uses, *target, *self.definition.options, str(folder / LOCK)])
        for name in ("bin", "etc", "include", "share"):
            if (packages / name).is_dir() and not (packages / name / "__init__.py").exists():
                (packages / name).rename(folder / name)
        self._become_environment(folder)

    def _become_environment(self, folder: Path) -> None:
        """Write what makes a directory a virtual environment there, wherever it is."""
        programs = folder / "bin"
        programs.mkdir(exist_ok=True)
        for program in programs.iterdir():
            content = program.read_bytes()
            if re.match(rb"#!.*python", content):
                program.write_bytes(_SCRIPT + content.partition(b"\n")[2])
        for name in ("python", "python3", f"python{self.python.minor}"):
            (programs / name).unlink(missing_ok=True)
            (programs / name).symlink_to(self.python.path)
        home = Path(self.python.path).parent
        settings = {"home": home, "include-system-site-packages": "false", "version": self.python.minor}
        (folder / "pyvenv.cfg").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        write_own_kernelspec(folder, "python", self.definition)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _own_platform() -> str:
    """Return the name for uv of the platform of this Python."""
    libc = "gnu" if platform.libc_ver()[0] == "glibc" else "musl"
    return f"{platform.machine()}-unknown-linux-{libc}"
