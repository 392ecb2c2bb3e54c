# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Each connection to a socket is served or closed, at whichever moment the socket is closed."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from jupyter_ml import listening
from jupyter_ml.listening import Listener
from tests.agent.asynchronous import asynchronous

if TYPE_CHECKING:
    from pathlib import Path


class Crowded(socket.socket):
    """A socket of a process that has too many open files for a moment."""

    refused = 0

    def accept(self) -> tuple[socket.socket, object]:
        if not self.refused:
            self.refused += 1
            raise OSError(errno.EMFILE, "too many open files")
        return super().accept()


def listen(path: Path, kind: type[socket.socket] = socket.socket) -> socket.socket:
    listener = kind(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    connection.setblocking(False)
    return connection


async def echo(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    while data := await loop.sock_recv(connection, 100):
        await loop.sock_sendall(connection, data)


async def received(connection: socket.socket) -> bytes:
    try:
        return await asyncio.get_running_loop().sock_recv(connection, 100)
    except ConnectionResetError:  # it was not accepted
        return b""


@pytest.mark.parametrize("turns", range(6))
@asynchronous
async def test_no_connection_is_lost_when_it_is_closed(tmp_path: Path, turns: int) -> None:
    """After so many turns of the event loop: before it is accepted, before it is served, and while it is served."""
    listener = Listener(listen(tmp_path / "s"), echo)
    listener.start()
    with connect(tmp_path / "s") as connection:
        for _ in range(turns):
            await asyncio.sleep(0)
        listener.close()
        assert await received(connection) == b""
    gc.collect()  # which reports sockets that were not closed


@asynchronous
async def test_connections_are_closed_when_they_are_served(tmp_path: Path) -> None:
    listener = Listener(listen(tmp_path / "s"), echo)
    with closing(listener):
        listener.start()
        for _ in range(3):
            with connect(tmp_path / "s") as connection:
                await asyncio.get_running_loop().sock_sendall(connection, b"x")
                assert await received(connection) == b"x"
                connection.shutdown(socket.SHUT_WR)
                assert await received(connection) == b""


@asynchronous
async def test_it_accepts_again_when_there_were_too_many_open_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "ACCEPT_AGAIN_S", 0.01)
    with closing(Listener(crowded := listen(tmp_path / "s", Crowded), echo)) as listener:
        listener.start()
        with connect(tmp_path / "s") as connection:
            await asyncio.get_running_loop().sock_sendall(connection, b"x")
            assert await received(connection) == b"x"
    assert crowded.refused
