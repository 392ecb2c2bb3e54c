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
from functools import cache
from pathlib import Path

import pytest

from jupyter_ml.compute.docker import engine
from tests.workspaces import until

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


@pytest.fixture(scope="session")
def docker_engine(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Start an engine, with the image; set ``DOCKER_HOST`` and return it."""
    if os.geteuid():
        pytest.skip("dockerd needs the rights of root")
    if not all(map(shutil.which, ("dockerd", "containerd", "runc"))):
        install("docker.io")
    folder = Path(tempfile.mkdtemp(prefix="docker-", dir="/var/tmp"))
    address = f"unix://{folder}/s"
    options = [f"--data-root={folder}/data", f"--exec-root={folder}/run", f"--pidfile={folder}/pid"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            ["dockerd", "--host", address, *options, "--bridge=none", "--iptables=false", "--ip-forward=false"],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        image = tmp_path_factory.mktemp("image") / "root.tar"
        write_image(image)
        docker = ["docker", "--host", address]

        def answers() -> bool:
            return not subprocess.run([*docker, "info"], capture_output=True, check=False).returncode

        until(lambda: process.poll() is not None or answers())
        if process.poll() is not None:  # e.g. in a container, or without the rights of root
            pytest.skip(f"dockerd does not start here: {(folder / 'log').read_text()[-500:]}")
        subprocess.run([*docker, "import", str(image), IMAGE], capture_output=True, check=True)
        image.unlink()
        before = os.environ.get("DOCKER_HOST")
        os.environ["DOCKER_HOST"] = address
        engine.engine.cache_clear()
        yield address
        engine.engine().close()
        engine.engine.cache_clear()
        os.environ.pop("DOCKER_HOST") if before is None else os.environ.update(DOCKER_HOST=before)
    finally:
        names = subprocess.run(["docker", "--host", address, "ps", "-aq"], capture_output=True, text=True, check=False)
        if names.stdout.split():
            remove = ["docker", "--host", address, "rm", "-f", *names.stdout.split()]
            subprocess.run(remove, capture_output=True, check=False)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
