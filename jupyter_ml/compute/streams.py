# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The standard streams of a program that starts on this machine."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable
    from pathlib import PurePath

__all__ = ["open_log", "read_in_time", "send_at_once", "send_input"]

_INPUT_S = 60.0
"""Timeout for a program to read its standard input."""


def open_log(path: PurePath) -> IO[bytes]:
    """Open the file that the output of a program is appended to."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def send_at_once(stdin: socket.socket, content: bytes) -> int:
    """Send what fits into the buffer of a socket, so that a program has it from its start; return its length."""
    try:
        return stdin.send(content)
    except BlockingIOError:
        return 0


async def send_input(stdin: socket.socket, content: bytes) -> None:
    """Send the rest to a program that runs, unless it ends or closes its standard input before."""
    with suppress(ConnectionError):
        await asyncio.get_running_loop().sock_sendall(stdin, content)


async def read_in_time(reading: Awaitable[None]) -> None:
    """Wait until a program has read its standard input; UnavailableError when that takes too long."""
    try:
        async with asyncio.timeout(_INPUT_S):
            await reading
    except TimeoutError:
        raise UnavailableError(f"the program did not read its standard input within {_INPUT_S:g} s") from None
