# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An OpenSSH server of the tests' own, which needs a key; the home directory of its user is empty."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from jupyter_ml.compute.ssh.machine import SshMachine
from jupyter_ml.schemas.ssh import SshSettings
from tests.docker_engine import install
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SSHD, MEMORY = "/usr/sbin/sshd", "/dev/shm"
LIBRARY = "*/faketime/libfaketimeMT.so.1"
ELSEWHERE = """
cp -aT /etc {folder}/etc
echo {library} > {folder}/etc/ld.so.preload
echo {ahead_s:+d} > {folder}/etc/faketimerc
mount --bind {folder}/etc /etc
echo {folder} > {folder}/boot
mount --bind {folder}/boot /proc/sys/kernel/random/boot_id
exec "$@"
"""
"""Makes a program, and those that it starts, see another clock and another start of the machine."""


class SshServer:
    """A server on this machine, which can be killed and started again.

    Parameters
    ----------
    folder
        Its directory.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.temporary = folder, folder / "home", folder / "tmp"
        self.home.mkdir()
        self.temporary.mkdir()
        self.client_key = self._key("client")
        (folder / "authorized").write_bytes(self.client_key.with_suffix(".pub").read_bytes())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.host_key = self.new_host_key()
        self._process: subprocess.Popen[bytes] | None = None

    def _key(self, name: str, *options: str) -> Path:
        file = self.folder / name
        file.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file), *options], check=True)
        return file

    def new_host_key(self) -> str:
        """Give the server another key, with which it has to be started again, and return it."""
        return " ".join(self._key("host").with_suffix(".pub").read_text().split()[:2])

    def start_elsewhere(self, ahead_s: int) -> None:
        """Start it on what looks like another machine, whose clock is so many seconds ahead."""
        if os.geteuid():
            pytest.skip("another clock needs the rights of root")
        if not [*Path("/usr/lib").glob(LIBRARY)]:
            install("faketime")
        [library] = Path("/usr/lib").glob(LIBRARY)
        script = ELSEWHERE.format(folder=self.folder, library=library, ahead_s=ahead_s)
        self.start("unshare", "--mount", "--time", "--monotonic=1000000", "sh", "-ec", script, "-")

    def start(self, *within: str) -> None:
        """Start it by a command, and wait until it listens."""
        options = {
            "ListenAddress": "127.0.0.1", "Port": self.port, "HostKey": self.folder / "host", "UsePAM": "no",
            "PidFile": self.folder / "pid", "AuthorizedKeysFile": self.folder / "authorized", "StrictModes": "no",
            "PermitRootLogin": "yes", "PasswordAuthentication": "no",
            "SetEnv": f"HOME={self.home} TMPDIR={self.temporary}",
        }  # fmt: skip
        config = self.folder / "config"
        config.write_text("".join(f"{key} {value}\n" for key, value in options.items()))
        with (self.folder / "log").open("ab") as log:
            command = [*within, SSHD, "-D", "-e", "-f", str(config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until(self._listens)

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def cut(self) -> int:
        """Kill all sessions, as when a line is cut, and return how many there were."""
        assert self._process is not None
        sessions = psutil.Process(self._process.pid).children()
        for each in sessions:
            each.kill()
        return len(sessions)

    def kill(self) -> None:
        """Kill it with all sessions."""
        if self._process is not None:
            sessions = psutil.Process(self._process.pid).children()
            self._process.kill()
            self._process.wait()
            for each in sessions:
                with suppress(psutil.NoSuchProcess):  # it has ended with the server
                    each.kill()
            self._process = None

    def settings(self, **more: Any) -> dict[str, Any]:
        """Return the settings of a compute."""
        own = {"host": "127.0.0.1", "port": self.port, "private_key_file": str(self.client_key)}
        return {**own, "host_key": self.host_key, "directory": str(self.home / "j"), **more}

    def machine(self, own: Path, /, **more: Any) -> SshMachine:
        """Return a compute whose directory on this machine that is."""
        made = SshMachine("box", SshSettings(**self.settings(**more)))
        made.directory = own
        return made

    def agents(self) -> list[int]:
        """Return the process IDs of the agents there."""
        return _running(self.home.glob("j/*/agent/lock"))

    def forkservers(self) -> list[int]:
        """Return the process IDs of the forkservers of kernels there."""
        return _running(self.temporary.glob("*-bare-kernels-*/lock"))


def _running(locks: Iterable[Path]) -> list[int]:
    found = [int(lock.read_text() or 0) for lock in locks]
    return [pid for pid in found if psutil.pid_exists(pid)]


@contextmanager
def serving_ssh() -> Iterator[SshServer]:
    """Run a server; at the end, kill it with the agents that it has left."""
    if not Path(SSHD).exists():
        install("openssh-server")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="s-", dir=_memory()))  # a short path, because sockets are in it
    server = SshServer(folder)
    server.start()
    yield server
    server.kill()
    for pid in server.agents() + server.forkservers():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def running_ssh_server() -> Iterator[SshServer]:
    """Start a server for all tests."""
    with serving_ssh() as server:
        yield server


def _memory() -> str | None:
    """Return where files are in memory, because removing 10,000 of them takes a slow disk a minute; None if nowhere."""
    found = os.statvfs(MEMORY) if Path(MEMORY).is_dir() else None
    usable = found and found.f_bavail * found.f_frsize > 1024**3 and not found.f_flag & os.ST_NOEXEC
    return MEMORY if usable else None


@pytest.fixture
def ssh_server(running_ssh_server: SshServer) -> SshServer:
    """Return a server that runs, also after a test has killed it."""
    if running_ssh_server._process is None:
        running_ssh_server.start()
    return running_ssh_server
