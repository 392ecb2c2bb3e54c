# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The packages with which the Python of another machine or of an image runs jobs: a virtual environment.

It is created on this machine, so that the other one needs nothing but Python, and no network. The packages of that
Python are visible in it. This package itself is in the directory ``package`` beside the virtual environment,
wherever that is: an instance mounts both, other machines get an archive of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.launch import SUPPORT
from jupyter_ml.schemas.pythons import Interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ABOUT",
    "DESCRIBE",
    "PACKAGE",
    "RUNNER",
    "Interpreter",
    "make_runner",
    "read_interpreter",
    "runner_digest",
    "write_runner",
]

RUNNER, PACKAGE = "runner", "package"
"""Names of the directories of the virtual environment and of this package, beside each other."""
OLDEST = (3, 11)
PACKAGES = (
    "blake3",
    "cryptography",
    "fsspec",
    "ipykernel",
    "jupyter-client",
    "nbclient",
    "nbformat",
    "papermill",
    "pip",
    "psutil",
    "pydantic",
    "pyyaml",
    "traitlets",
)
"""What the executor needs, as the distribution jupyter-ml-executor declares it, and what installs packages."""
DESCRIBE = """
import json, os, platform, sys, sysconfig
packages = [sysconfig.get_path("purelib")] if sys.prefix != sys.base_prefix else []
path, libc = os.path.realpath(sys.executable), platform.libc_ver()[0]
about = json.dumps([path, sys.version_info[:2], platform.machine(), libc, packages, os.path.expanduser("~")])
"""
"""Code that sets `about` to what `read_interpreter` reads."""
ABOUT = f"{DESCRIBE}print(about)"
"""A program that prints it."""
_SOURCES = Path(__file__).parents[1]
_LEFT_OUT = {"__pycache__", "labextension"}


def read_interpreter(printed: bytes, what: str) -> Interpreter:
    """Return what `ABOUT` has printed about a Python.

    Parameters
    ----------
    printed
        Its output.
    what
        Beginning of the message of an error.

    Raises
    ------
    UnavailableError
        If it is something else, or the Python is too old for jobs.
    """
    try:
        path, (major, minor), machine, libc, packages, home = json.loads(printed.strip().rpartition(b"\n")[2])
    except (ValueError, TypeError) as error:
        raise UnavailableError(f"{what}: it printed {printed[:200]!r}") from error
    if (major, minor) < OLDEST:
        raise UnavailableError(f"{what}: it is Python {major}.{minor}, and jobs need 3.11 or newer")
    platform = f"{machine}-unknown-linux-{'gnu' if libc == 'glibc' else 'musl'}"
    return Interpreter(path, (major, minor), platform, tuple(packages), home)


def make_runner(interpreter: Interpreter) -> Path:
    """Return the virtual environment on this machine for another Python; it is created if there is none.

    Raises
    ------
    UnavailableError
        If its packages cannot be installed.
    """
    requirements, minor = [*_requirements()], interpreter.minor
    content = json.dumps([requirements, interpreter[:-1]])
    runners = _cache()
    folder = runners / f"runner-{minor}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    runners.mkdir(parents=True, exist_ok=True)
    with (runners / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two processes, the second one finds what the first has made
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(prefix=".new-", dir=runners) as temporary:
                made = Path(temporary, folder.name)
                packages = made / "lib" / f"python{minor}" / "site-packages"
                packages.mkdir(parents=True)
                _install(requirements, packages, minor, interpreter.platform)
                added = [f"import site; site.addsitedir({each!r})\n" for each in interpreter.packages]
                (packages / "jupyter-ml.pth").write_text("".join([f"../../../../{PACKAGE}\n", *added]))
                (packages / SUPPORT).touch()
                (made / "bin").mkdir()
                (made / "bin" / "python").symlink_to(interpreter.path)  # which is there
                home = str(Path(interpreter.path).parent)
                settings = {"home": home, "include-system-site-packages": "true", "version": minor}
                (made / "pyvenv.cfg").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
                made.replace(folder)
    return folder


@cache
def runner_digest(runner: Path) -> str:
    """Return what identifies a virtual environment together with this package, as this process has found it."""
    digest = hashlib.sha256(runner.name.encode())
    for path in _sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(_SOURCES)}:{len(content)}:".encode() + content)
    return digest.hexdigest()[:16]


def write_runner(runner: Path, archive: IO[bytes]) -> None:
    """Write a virtual environment and this package into a compressed archive."""
    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
        tar.add(runner, RUNNER, filter=_without_owner)
        for path in _sources():
            name = f"{PACKAGE}/{_SOURCES.name}/{path.relative_to(_SOURCES)}"
            tar.add(path, name, filter=_without_owner)


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _sources() -> list[Path]:
    """Return the files of this package, in the same order in each process."""
    found = _SOURCES.rglob("*")
    return sorted(each for each in found if each.is_file() and not _LEFT_OUT & {*each.relative_to(_SOURCES).parts})


def _cache() -> Path:
    """Return where virtual environments are, which all workspaces of a user share."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "jupyter-ml", "runners")


def _requirements() -> Iterator[str]:
    """Yield the packages in the versions of this Python, with which the executor is tested."""
    for name in PACKAGES:
        try:
            yield f"{name}=={version(name)}"
        except PackageNotFoundError:
            yield name


def _install(requirements: list[str], target: Path, minor: str, platform: str) -> None:
    import uv

    for_image = ["--python-version", minor, "--python-platform", platform, "--only-binary", ":all:"]
    command = [uv.find_uv_bin(), "pip", "install", "--python", sys.executable, "--target", str(target), *for_image]
    done = subprocess.run(
        [*command, "--no-progress", "--color=never", *requirements], capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = done.stderr.strip().rpartition("error: ")[2] or "uv has failed without a message"
        raise UnavailableError(f"the packages that run jobs cannot be installed for Python {minor}: {message[:2_000]}")
