# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The broker answers the processes that its own process has started, and no others."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import stat
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.broker import client, server
from jupyter_ml.broker.client import ask
from jupyter_ml.broker.messages import VARIABLE
from jupyter_ml.broker.peers import Peer, is_of
from jupyter_ml.broker.server import Broker
from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.named_data import NamedData

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LAKE = Connection("s3", {"bucket": "b"}, {"key": "k", "secret": "correct horse"})
ASK = "from jupyter_ml.broker.client import ask; print(ask('lake').credentials['secret'])"


async def answer(name: str, workspace: str | None, pid: int) -> Connection:
    if workspace == "other":
        raise InvalidInputError("not here")
    if name == "broken":
        raise RuntimeError("correct horse")
    if name != "lake":
        raise NotFoundError(f"there is no datastore {name!r}")
    return LAKE


async def locate(name: str, notebook: str | None) -> NamedData:
    if name != "azureml://data/titanic/versions/1":
        raise NotFoundError(f"there is no {name}")
    return NamedData(name, f"/{notebook}")


@asynccontextmanager
async def brokered(path: Path) -> AsyncIterator[Broker]:
    broker = Broker(path, answer, locate)
    await broker.start()
    try:
        yield broker
    finally:
        broker.close()


def test_a_process_gets_a_connection_or_an_error_of_its_kind(tmp_path, monkeypatch, caplog) -> None:
    path = tmp_path / ("long" * 30) / "broker.sock"  # longer than the system allows
    path.parent.mkdir()
    monkeypatch.setenv(VARIABLE, str(path))

    async def work() -> None:
        async with brokered(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert await asyncio.to_thread(ask, "lake") == LAKE
            for arguments, error in (
                (("lkae",), NotFoundError),
                (("lake", "other"), InvalidInputError),
                (("broken",), UnavailableError),
            ):
                with pytest.raises(error) as caught:
                    await asyncio.to_thread(ask, *arguments)
                assert "correct horse" not in str(caught.value)
        assert not path.exists()

    asyncio.run(work())
    assert "correct horse" not in caplog.text


def test_a_process_finds_data_that_has_a_name(tmp_path, monkeypatch) -> None:
    path = tmp_path / "broker.sock"
    monkeypatch.setenv(VARIABLE, str(path))
    monkeypatch.setenv(client.NOTEBOOK, "a.ipynb")
    name = "azureml://data/titanic/versions/1"

    async def work() -> None:
        async with brokered(path):
            assert await asyncio.to_thread(client.locate, name) == NamedData(name, "/a.ipynb")
            with pytest.raises(NotFoundError, match="there is no azureml://data/x"):
                await asyncio.to_thread(client.locate, "azureml://data/x")

    asyncio.run(work())


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"[]\n",
        b'{"datastore": 1}\n',
        b'{"data": 1}\n',
        b'{"data": "", "notebook": 1}\n',
        b"x" * 100_000 + b"\n",
        b"",
    ],
)
def test_a_wrong_request_gets_no_connection(tmp_path, line) -> None:
    path = tmp_path / "broker.sock"

    def send() -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(path))
            try:
                connection.sendall(line)
                connection.shutdown(socket.SHUT_WR)
                return connection.recv(10_000)
            except OSError:
                return b""

    async def work() -> bytes:
        async with brokered(path):
            return await asyncio.to_thread(send)

    response = asyncio.run(work())
    assert response == b"" or "error" in json.loads(response)
    assert b"correct horse" not in response


@pytest.mark.parametrize("turns", range(6))
def test_no_request_is_lost_when_the_broker_is_closed(tmp_path, turns) -> None:
    """After so many turns of the event loop: before it is accepted, before it is read, and while it is read."""
    path = tmp_path / "broker.sock"

    async def work() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            async with brokered(path):
                connection.connect(str(path))
                connection.setblocking(False)
                for _ in range(turns):
                    await asyncio.sleep(0)
            with suppress(ConnectionResetError):  # it was not accepted
                assert await asyncio.get_running_loop().sock_recv(connection, 1) == b""

    asyncio.run(work())
    gc.collect()  # which reports connections that were not closed


def test_another_user_is_refused(tmp_path, monkeypatch) -> None:
    path = tmp_path / "broker.sock"
    monkeypatch.setenv(VARIABLE, str(path))
    monkeypatch.setattr(server, "peer_of", lambda _: Peer(os.getpid(), os.getuid() + 1))

    async def work() -> None:
        async with brokered(path):
            with pytest.raises(UnavailableError, match="the broker refused"):
                await asyncio.to_thread(ask, "lake")

    asyncio.run(work())


def test_a_client_that_waits_at_the_end_is_disconnected(tmp_path, monkeypatch) -> None:
    path = tmp_path / "broker.sock"

    async def work() -> socket.socket:
        connection, served = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), asyncio.Event()
        monkeypatch.setattr(server, "peer_of", lambda _: served.set())
        async with brokered(path):
            connection.connect(str(path))
            await served.wait()
        return connection

    with asyncio.run(work()) as connection:
        connection.settimeout(60)
        assert connection.recv(1) == b""


@pytest.mark.integration
def test_a_process_is_known_by_its_variable_while_its_parent_ends(tmp_path, monkeypatch) -> None:
    def ended(_: psutil.Process) -> list[psutil.Process]:
        raise psutil.NoSuchProcess(0)

    monkeypatch.setattr(psutil.Process, "parents", ended)
    path = tmp_path / "broker.sock"
    for own, known in (({VARIABLE: str(path)}, True), ({}, False)):
        command = [sys.executable, "-c", "input()"]
        with subprocess.Popen(command, env=own, stdin=subprocess.PIPE) as process:
            assert is_of(process.pid, os.getpid(), path) is known
            process.communicate(b"\n")


@pytest.mark.integration
def test_only_processes_that_were_started_here_get_an_answer(tmp_path) -> None:
    path = tmp_path / "broker.sock"
    own = {**os.environ, VARIABLE: str(path)}
    # its parent is gone, and it has the variable only in the memory of its interpreter, which is set afterwards
    stranger = f"import os; os.environ[{VARIABLE!r}] = {str(path)!r}; {ASK}"
    forked = (
        "import os, subprocess, sys, time\n"
        "parent = os.getpid()\n"
        "if os.fork(): os._exit(0)\n"
        "while os.getppid() == parent: time.sleep(0.01)\n"
        "done = subprocess.run([sys.executable, '-c', sys.argv[1]], capture_output=True, text=True)\n"
        "print(done.stdout, done.stderr[-300:], flush=True)\n"
    )

    def run(code: str, *arguments: str, env: dict[str, str]) -> str:
        command = [sys.executable, "-c", code, *arguments]
        started = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        out, _ = started.communicate(timeout=120)
        return out

    async def work() -> None:
        async with brokered(path):
            assert "correct horse" in await asyncio.to_thread(run, ASK, env=own)
            orphan = run, forked, ASK
            assert "correct horse" in await asyncio.to_thread(*orphan, env=own)  # by the variable
            foreign = {name: value for name, value in own.items() if name != VARIABLE}
            out = await asyncio.to_thread(run, forked, stranger, env=foreign)
            assert "the broker refused" in out
            assert "correct horse" not in out

    asyncio.run(work())
