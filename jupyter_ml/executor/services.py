# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Serve the services of a job at sockets in its directory, and start their programs when they are first opened."""

from __future__ import annotations

import asyncio
import shutil
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.executor.service_programs import JupyterLab, Port, TensorBoard
from jupyter_ml.executor.socket_directory import socket_directory
from jupyter_ml.listening import Listener
from jupyter_ml.schemas.job_services import JupyterLabService, TensorBoardService, socket_names

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from jupyter_ml.executor.recorder import Recorder
    from jupyter_ml.executor.service_programs import ServiceProgram
    from jupyter_ml.schemas.job_services import JobService
    from jupyter_ml.schemas.launch import AttemptFolder, Launch

__all__ = ["serving"]

HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
PREFIX = b"x-forwarded-prefix:"


@asynccontextmanager
async def serving(
    folder: AttemptFolder, launch: Launch, environment: Mapping[str, str], recorder: Recorder
) -> AsyncIterator[None]:
    """Serve the services of a job during the block.

    Each has a socket, which speaks HTTP. The header ``X-Forwarded-Prefix`` of a request is the path below which the
    service appears in a browser.

    Parameters
    ----------
    folder, launch
        The attempt.
    environment
        Variables of the kernel or the command.
    recorder
        Records a warning where a service cannot be started.
    """
    if not launch.services:
        yield
        return
    directory, names = socket_directory(), socket_names(launch.services)
    programs = {
        name: _program(spec, folder, launch, environment, directory / f"{names[name]}.d")
        for name, spec in launch.services.items()
    }
    listeners = []
    try:
        for name, program in programs.items():
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(directory / names[name]))  # in a directory with mode 0700
            listener.listen()
            listeners.append(Listener(listener, _Service(name, program, recorder).serve))
            listeners[-1].start()
        folder.services.unlink(missing_ok=True)
        folder.services.symlink_to(directory)
        yield
    finally:
        for each in listeners:
            each.close()
        await asyncio.gather(*(program.stop() for program in programs.values()))
        shutil.rmtree(directory, ignore_errors=True)
        with suppress(OSError):  # the job may have removed the link
            folder.services.unlink()


def _program(
    spec: JobService, folder: AttemptFolder, launch: Launch, environment: Mapping[str, str], own: Path
) -> ServiceProgram:
    if isinstance(spec, JupyterLabService):
        return JupyterLab(folder, launch, environment, own)
    if isinstance(spec, TensorBoardService):
        return TensorBoard(folder, launch, environment, spec.log_dir)
    return Port(spec.port)


class _Service:
    def __init__(self, name: str, program: ServiceProgram, recorder: Recorder) -> None:
        self._name, self._program, self._recorder = name, program, recorder

    async def serve(self, connection: socket.socket) -> None:
        """Connect a client with the program."""
        reader, writer = await asyncio.open_connection(sock=connection, limit=HEAD_BYTES)
        try:
            await self._connect(await reader.readuntil(b"\r\n\r\n"), reader, writer)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()  # afterwards the listener closes the socket, also under what is being sent

    async def _connect(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs, to_them = await self._program.connect(_prefix(head))
        except UnavailableError as error:
            message = self._recorder.redactor.text(f"The service {self._name} is not available: {error}")
            if self._program.started_here:
                self._recorder.warn(message)
            writer.write(_unavailable(message))
            await writer.drain()
            return
        to_them.write(head)
        both = {asyncio.create_task(_copy(reader, to_them)), asyncio.create_task(_copy(theirs, writer))}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)  # neither side goes on without the other
        finally:
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            to_them.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(CHUNK_BYTES):
        target.write(data)
        await target.drain()


def _prefix(head: bytes) -> str:
    lines = (line for line in head.split(b"\r\n")[1:] if line.lower().startswith(PREFIX))
    return next(lines, PREFIX)[len(PREFIX) :].strip().decode("ascii", "replace") or "/"


def _unavailable(message: str) -> bytes:
    body = message.encode()
    head = (
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
