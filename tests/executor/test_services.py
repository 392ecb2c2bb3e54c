# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The executor serves the services of a job at sockets, and reports why one is not available."""

from __future__ import annotations

import socket
import venv
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_ml.schemas.event_log import ExecutorStarted
from tests.workspaces import TIMEOUT_S, until

pytestmark = pytest.mark.integration
LISTEN = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
open("port", "w").write(str(server.getsockname()[1]))
while True:
    client, _ = server.accept()
    head = client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
    client.close()
"""


def get(folder, name, *lines):
    """Send a request to a service, and return all of the response."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(TIMEOUT_S)
        client.connect(str(folder.services.readlink() / name))
        client.sendall("\r\n".join(["GET / HTTP/1.1", "Host: x", *lines, "", ""]).encode())
        return b"".join(iter(lambda: client.recv(65536), b"")).decode()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_ports_and_what_is_not_available(attempt, port, tmp_path):
    venv.create(bare := tmp_path / "bare", with_pip=False)
    services = {"a": {"type": "custom", "port": port}, "b": {"type": "jupyter_lab"}, "c": {"type": "tensor_board"}}
    server = LISTEN.replace('("127.0.0.1", 0)', f'("127.0.0.1", {port})')
    run = attempt(
        command='until [ -e start ]; do sleep 0.02; done; exec python -c "$CODE"',
        services=services,
        python=str(bare / "bin" / "python"),
    ).start(CODE=server)
    run.until(lambda event: isinstance(event, ExecutorStarted))
    until(run.folder.services.is_symlink)
    nothing = get(run.folder, "s0")
    assert nothing.startswith("HTTP/1.1 503 ")
    assert f"nothing listens on port {port}" in nothing
    (run.folder.work / "start").touch()
    until(lambda: get(run.folder, "s0").endswith("ok"))
    assert "jupyterlab is not installed in the environment of the job" in get(run.folder, "s1")
    assert "tensorboard is not installed in the environment of the job" in get(run.folder, "s2")
    directory = run.folder.services.readlink()
    assert directory.stat().st_mode & 0o777 == 0o700
    run.process.terminate()
    run.wait()
    assert [message for _, message in run.warnings] == [
        f"The service {name} is not available: {package} is not installed in the environment of the job "
        f"({bare}/bin/python)"
        for name, package in (("b", "jupyterlab"), ("c", "tensorboard"))
    ]
    assert not directory.exists()
    assert not run.folder.services.is_symlink()


SEND = """
import pathlib, socket, sys, time
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    client, _ = server.accept()
    client.recv(65536)
    client.sendall(b"x" * int(sys.argv[2]))
    client.shutdown(socket.SHUT_WR)
    client.recv(1)
    pathlib.Path("closed").touch()
while not pathlib.Path("read").exists():
    time.sleep(0.02)
"""


def test_a_response_is_complete_that_a_client_reads_later(attempt, port):
    """More than the system takes, and less than what the executor waits for the client to read."""
    size = capacity() + 30_000
    run = attempt(command=f'exec python -c "$CODE" {port} {size}', services={"a": {"type": "custom", "port": port}})
    run.start(CODE=SEND)
    run.until(lambda event: isinstance(event, ExecutorStarted))
    until(run.folder.services.is_symlink)
    until(lambda: listens(port))
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(TIMEOUT_S)
        client.connect(str(run.folder.services.readlink() / "s0"))
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        until((run.folder.work / "closed").exists)
        assert len(b"".join(iter(lambda: client.recv(65536), b""))) == size
    (run.folder.work / "read").touch()
    run.wait()


def capacity() -> int:
    """Return how many bytes a Unix socket takes before any of them is read."""
    first, second = socket.socketpair()
    with first, second, suppress(BlockingIOError):
        first.setblocking(False)
        taken = 0
        while True:
            taken += first.send(bytes(65_536))
    return taken


def listens(port: int) -> bool:
    """Return whether a program listens, without a connection to it."""
    return any(line.split()[1].endswith(f":{port:04X}") for line in Path("/proc/net/tcp").read_text().splitlines()[1:])


def test_a_head_without_end_is_refused(attempt, port):
    run = attempt(command="sleep 60", services={"a": {"type": "custom", "port": port}}).start()
    run.until(lambda event: isinstance(event, ExecutorStarted))
    until(run.folder.services.is_symlink)
    with suppress(BrokenPipeError, ConnectionResetError):
        assert get(run.folder, "s0", "x" * 200_000) == ""
    run.process.terminate()
    run.wait()


def test_a_program_that_cannot_start_shows_why(attempt, tmp_path):
    broken = tmp_path / "broken" / "tensorboard"
    broken.mkdir(parents=True)
    (broken / "__init__.py").touch()
    (broken / "main.py").write_text("raise SystemExit('no space for logs')")
    run = attempt(command="sleep 60", services={"a": {"type": "tensor_board"}})
    run.start(PYTHONPATH=str(broken.parent))
    run.until(lambda event: isinstance(event, ExecutorStarted))
    until(run.folder.services.is_symlink)
    assert "TensorBoard has ended: no space for logs" in get(run.folder, "s0")
    run.process.terminate()
    run.wait()
