# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The packages with which the Python of an image runs jobs: a virtual environment that is mounted into containers.

It is created on this machine, so that neither the image nor the network of the container need anything but Python. The
packages of the image are visible in it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.docker.engine import call_docker, engine
from jupyter_ml.errors import UnavailableError
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PACKAGE", "RUNNER", "find_python", "make_runner"]

RUNNER, PACKAGE = "/opt/jupyter-ml/runner", "/opt/jupyter-ml/package"
"""Where the virtual environment and this package are in a container."""
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
    "psutil",
    "pydantic",
    "pyyaml",
    "traitlets",
)
"""What the executor needs, as the distribution jupyter-ml-executor declares it."""
_ABOUT = (
    "import json, os, platform, sys; path = os.path.realpath(sys.executable); "
    "print(json.dumps([path, sys.version_info[:2], platform.machine(), platform.libc_ver()[0]]))"
)


def find_python(image: Any, python: str) -> tuple[str, tuple[int, int], str]:
    """Return the path, version and platform of the Python of an image.

    Raises
    ------
    UnavailableError
        If it has none, or one that is too old.
    """
    what = f"the image {image.tags[0] if image.tags else image.short_id!r} cannot run {python!r}"
    with call_docker(what):
        printed = engine().containers.run(
            image.id,
            [python, "-I", "-c", _ABOUT],
            entrypoint="",
            remove=True,
            network_mode="none",
            cap_drop=["ALL"],
            read_only=True,
        )
    try:
        path, (major, minor), machine, libc = json.loads(printed)
    except ValueError as error:
        raise UnavailableError(f"{what}: it printed {printed[:200]!r}") from error
    if (major, minor) < OLDEST:
        raise UnavailableError(f"{what}: it is Python {major}.{minor}, and jobs need 3.11 or newer")
    return path, (major, minor), f"{machine}-unknown-linux-{'gnu' if libc == 'glibc' else 'musl'}"


def make_runner(cache: Path, path: str, python: tuple[int, int], platform: str) -> Path:
    """Return the virtual environment for a Python of an image, which is created if there is none.

    Raises
    ------
    UnavailableError
        If its packages cannot be installed.
    """
    requirements, minor = [*_requirements()], ".".join(map(str, python))
    content = json.dumps([requirements, path, minor, platform, __version__])
    folder = cache / f"runner-{minor}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two processes, the second one finds what the first has made
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(prefix=".new-", dir=cache) as temporary:
                made = Path(temporary, folder.name)
                packages = made / "lib" / f"python{minor}" / "site-packages"
                packages.mkdir(parents=True)
                _install(requirements, packages, minor, platform)
                (packages / "jupyter-ml.pth").write_text(f"{PACKAGE}\n")
                (made / "bin").mkdir()
                (made / "bin" / "python").symlink_to(path)  # of the container
                settings = {"home": str(Path(path).parent), "include-system-site-packages": "true", "version": minor}
                (made / "pyvenv.cfg").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
                made.replace(folder)
    return folder


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
