# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A Docker engine of the tests' own, and an image with this machine's Python, without a registry."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.docker import engine
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = "jupyter-ml-test:latest"
PACKAGES = ("python3", "bash", "coreutils", "base-files", "netbase", "libstdc++6")
"""Debian packages of the image, with all that they depend on."""


def install(*packages: str) -> None:
    """Install Debian packages."""
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=600", "install", "-y", "--no-install-recommends", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        subprocess.run(["apt-get", "update"], env=environment, capture_output=True, check=True)
        subprocess.run(command, env=environment, capture_output=True, check=True)


@cache
def dependencies() -> dict[str, list[str]]:
    """Return what each installed package depends on; of alternatives, the first one that is installed."""
    lines = subprocess.check_output(
        ["dpkg-query", "--show", "--showformat=${Package}\t${Provides}\t${Pre-Depends}, ${Depends}\n"], text=True
    ).splitlines()
    rows = [line.split("\t") for line in lines]
    named = {name: name for name, _, _ in rows} | {
        provided: name for name, provides, _ in rows for provided in re.findall(r"[a-z0-9][a-z0-9+.-]+", provides)
    }
    return {
        name: [
            next((named[each] for each in re.findall(r"(?:^|\|)\s*([a-z0-9+.-]+)", group) if each in named), "")
            for group in needed.split(",")
        ]
        for name, _, needed in rows
    }


def needed(*packages: str) -> set[str]:
    """Return packages with all that they depend on."""
    found, rest = set(), [*packages]
    while rest:
        if (name := rest.pop()) and name not in found:
            found.add(name)
            rest += dependencies().get(name, [])
    return found


def write_image(archive: Path) -> None:
    """Write the files of the packages as the root directory of an image."""
    if not Path("/usr/bin/python3").exists():
        install("python3", "netbase")
    listed = subprocess.check_output(["dpkg", "--listfiles", *sorted(needed(*PACKAGES))], text=True)
    paths = [Path(line) for line in listed.splitlines() if line.startswith("/")]
    real = {str(path.parent.resolve() / path.name) for path in paths}
    left_out = ("/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/info", "/.")
    with tarfile.open(archive, "w") as tar:
        for link in ("bin", "lib", "lib64", "sbin"):
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, f"usr/{link}"
            tar.addfile(entry)
        for path in sorted(real):
            skipped = path.startswith(left_out) or path.strip("/") in ("", "bin", "lib", "lib64", "sbin")
            if not skipped and os.path.lexists(path):
                tar.add(path, arcname=path.lstrip("/"), recursive=False)


class EngineProcess:
    """The engine; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.address = folder, f"unix://{folder}/s"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers; skip the test where it cannot run, e.g. in a container."""
        options = [f"--data-root={self.folder}/data", f"--exec-root={self.folder}/run", f"--pidfile={self.folder}/pid"]
        options += ["--bridge=none", "--iptables=false", "--ip-forward=false"]
        command = ["dockerd", "--host", self.address, *options]
        with (self.folder / "log").open("a") as log:
            process = self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        until(lambda: process.poll() is not None or not self.run("info").returncode)
        if process.poll() is not None:
            pytest.skip(f"dockerd does not start here: {(self.folder / 'log').read_text()[-500:]}")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Docker."""
        command = ["docker", "--host", self.address, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send it a signal, and wait for its end."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(60)


@contextmanager
def running_engine() -> Iterator[EngineProcess]:
    """Start an engine; remove its containers, and end it."""
    if os.geteuid():
        pytest.skip("dockerd needs the rights of root")
    if not all(map(shutil.which, ("dockerd", "containerd", "runc"))):
        install("docker.io")
    process = EngineProcess(Path(tempfile.mkdtemp(prefix="docker-", dir="/var/tmp")))
    try:
        process.start()
        yield process
    finally:
        if names := process.run("ps", "-aq").stdout.split():
            process.run("rm", "-f", *names)
        process.end()
        shutil.rmtree(process.folder, ignore_errors=True)


@contextmanager
def using_engine(process: EngineProcess, folder: Path) -> Iterator[str]:
    """Give the engine the image, set ``DOCKER_HOST`` to its address, and yield that; `folder` is for the image."""
    image = folder / "root.tar"
    write_image(image)
    imported = process.run("import", str(image), IMAGE)
    assert not imported.returncode, imported.stderr
    image.unlink()
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = process.address
    engine.engine.cache_clear()
    yield process.address
    engine.engine().close()
    engine.engine.cache_clear()
    os.environ.pop("DOCKER_HOST") if before is None else os.environ.update(DOCKER_HOST=before)


@pytest.fixture(scope="session")
def engine_process() -> Iterator[EngineProcess]:
    """Run an engine for all tests."""
    with running_engine() as process:
        yield process


@pytest.fixture(scope="session")
def docker_engine(engine_process: EngineProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Use that engine, which has the image; yield its address."""
    with using_engine(engine_process, tmp_path_factory.mktemp("image")) as address:
        yield address
