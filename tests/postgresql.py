# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start a PostgreSQL server for the tests, with a new database for each test that needs one.

Each worker of pytest-xdist starts one, on a free port and a socket in its temporary directory, and stops it at the end.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = {
    # the data does not have to survive a crash of the machine
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
}


class Cluster:
    """A running PostgreSQL server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._binaries = _binaries()
        self._user = _unprivileged()
        if self._user:
            shutil.chown(folder, self._user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run("initdb", "--auth=trust", "--username=tester", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
        settings = {**_SETTINGS, "port": self.port, "unix_socket_directories": folder}
        options = " ".join(f"-c {key}={value}" for key, value in settings.items())
        self._run("pg_ctl", "start", "--wait", f"--log={folder}/log", f"--options={options}")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), f"--pgdata={self._folder}/data", *arguments]
        if self._user:
            command = ["runuser", "-u", self._user, "--", *command]
        # a process that keeps running must not keep a pipe open
        with (self._folder.parent / f"{self._folder.name}.out").open("w+b") as output:
            done = subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False)
            output.seek(0)
            assert done.returncode == 0, output.read().decode()

    def create(self) -> str:
        """Create an empty database and return its URL."""
        sys.audit("tests.postgresql")  # a unit test has no database server either
        self._count += 1
        name = f"test_{self._count}"
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="tester", dbname="postgres", autocommit=True
        ) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://tester@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Stop the server and close all connections."""
        self._run("pg_ctl", "stop", "--mode=immediate")


def _binaries() -> Path:
    """Return the directory of the newest PostgreSQL, which Debian does not add to PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    initdb = found[-1] if found else shutil.which("initdb")
    if not initdb:
        pytest.fail("PostgreSQL is needed for these tests: install the package postgresql")
    return Path(initdb).parent


def _unprivileged() -> str | None:
    """Return the user that runs the server, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    # not pytest's directory, which only its owner can read
    with tempfile.TemporaryDirectory(prefix="jml-pg-") as folder:
        os.chmod(folder, 0o711)  # noqa: PTH101
        data = Path(folder) / "cluster"
        data.mkdir()
        cluster = Cluster(data)
        yield cluster
        cluster.stop()


@pytest.fixture
def postgresql_url(postgresql: Cluster) -> str:
    """Return the URL of a new database."""
    return postgresql.create()
