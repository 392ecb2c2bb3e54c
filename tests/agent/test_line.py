# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Frames arrive whole and in order, and what is not a frame is refused before it is read."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.agent.frames import BODY_BYTES, LENGTHS, ProtocolError, VersionError
from jupyter_ml.agent.line import Line
from tests.agent.asynchronous import asynchronous

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Line, Line]]:
    """Yield both ends of a connection."""
    lines = [Line(each, each, unix=True) for each in (side.detach() for side in socket.socketpair())]
    try:
        yield lines[0], lines[1]
    finally:
        for line in lines:
            line.close()


@asynccontextmanager
async def raw() -> AsyncIterator[tuple[Line, socket.socket]]:
    """Yield one end of a connection as a line."""
    ours, theirs = socket.socketpair()
    with theirs:
        line = Line((descriptor := ours.detach()), descriptor)
        try:
            yield line, theirs
        finally:
            line.close()


@asynchronous
async def test_frames_arrive_in_order_though_the_other_side_reads_late() -> None:
    async with pair() as (ours, theirs):
        sent = [({"number": number}, bytes([number]) * BODY_BYTES) for number in range(5)]

        async def send() -> None:
            for head, body in sent:
                await ours.send(head, body)

        sending = asyncio.create_task(send())
        await asyncio.sleep(0)
        assert not sending.done(), "the sender waits, and what is not sent is bounded"
        for head, body in sent:
            assert await theirs.receive() == (head, body, [])
        await sending


@asynchronous
async def test_nothing_is_lost_when_receiving_is_cancelled() -> None:
    async with raw() as (line, peer):
        frame = LENGTHS.pack(8, 3) + b'{"a": 1}' + b"xyz"
        for byte in frame:
            peer.send(bytes([byte]))
            try:
                got = await asyncio.wait_for(line.receive(), 0.002)
            except TimeoutError:
                continue
        assert got == ({"a": 1}, b"xyz", [])


@asynchronous
async def test_file_descriptors_arrive_with_their_frame() -> None:
    async with pair() as (ours, theirs):
        pipes = [os.pipe() for _ in range(2)]
        await ours.send({"first": 1})
        for reading, writing in pipes:
            await ours.send({"pipe": 1}, b"x" * 1000, [writing])
            os.close(writing)
            del reading
        assert (await theirs.receive())[2] == []
        for number, (reading, _) in enumerate(pipes):
            _, _, (writing,) = await theirs.receive()
            assert not os.get_inheritable(writing)
            os.write(writing, bytes([number]))
            os.close(writing)
            assert os.read(reading, 2) == bytes([number])
            os.close(reading)


@pytest.mark.parametrize(
    ("received", "message"),
    [
        (LENGTHS.pack(2, 2**30), r"a frame of 2 \+ 1073741824 bytes is announced, which is too large"),
        (LENGTHS.pack(2**32 - 1, 0), r"4294967295 \+ 0 bytes"),
        (LENGTHS.pack(1, 0) + b"{", "not a frame"),
        (LENGTHS.pack(2, 0) + b"[]", "not a frame"),
        (LENGTHS.pack(18, 0) + b'{"descriptors": 1}', "not a frame"),
    ],
)
@asynchronous
async def test_what_is_not_a_frame_is_refused(received: bytes, message: str) -> None:
    async with raw() as (line, peer):
        peer.send(received)
        with pytest.raises(ProtocolError, match=message):
            await line.receive()


@asynchronous
async def test_half_a_frame_is_the_end() -> None:
    async with raw() as (line, peer):
        peer.send(LENGTHS.pack(8, 3) + b'{"a": 1}x')
        peer.close()
        with pytest.raises(EOFError):
            await line.receive()


@asynchronous
async def test_a_greeting_may_follow_what_a_shell_prints() -> None:
    async with raw() as (line, peer):
        peer.send(b"Welcome to box!\n\0jupyter-ml-agent 1\n" + LENGTHS.pack(2, 0) + b"{}")
        await line.greet()
        assert await line.receive() == ({}, b"", [])


@asynchronous
async def test_another_version_is_refused() -> None:
    async with raw() as (line, peer):
        peer.send(b"\0jupyter-ml-agent 2\n")
        with pytest.raises(VersionError, match="version 2 of the agent's protocol is spoken there, and 1 here"):
            await line.greet()


@asynchronous
async def test_what_replies_instead_of_an_agent_is_shown() -> None:
    async with raw() as (line, peer):
        peer.send(b"python3: command not found\n")
        peer.shutdown(socket.SHUT_WR)
        with pytest.raises(ProtocolError, match="no agent replies, but: 'python3: command not found"):
            await line.greet()
    async with raw() as (line, peer):
        peer.send(b"x" * 70_000)
        with pytest.raises(ProtocolError, match="no agent replies, but"):
            await line.greet()
