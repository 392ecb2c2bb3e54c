# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a shell command, and record what it prints."""

from __future__ import annotations

import asyncio
import codecs
import signal
from typing import IO, TYPE_CHECKING, Any

from jupyter_ml.executor.outcome import command_ended
from jupyter_ml.executor.process import Child
from jupyter_ml.executor.progress_bars import ProgressBars
from jupyter_ml.executor.usage import sample
from jupyter_ml.memory import OutOfMemoryWatch
from jupyter_ml.schemas.event_log import KernelStarted, Log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_ml.executor.attempt import Stop
    from jupyter_ml.executor.outcome import Outcome
    from jupyter_ml.executor.recorder import Recorder

__all__ = ["run_command"]

TERMINATE_GRACE_S = 1.0
"""Seconds for a command to end after SIGTERM."""
OUTPUT_GRACE_S = 0.2
"""Seconds to wait for output after its end, because remaining child processes may keep the pipe open."""


async def run_command(command: str, *, cwd: Path, env: Mapping[str, str], recorder: Recorder, stop: Stop) -> Outcome:
    """Run `command` with bash and return how it ended.

    Parameters
    ----------
    command
        The command, with expressions already substituted.
    cwd
        Its working directory.
    env
        Its complete environment.
    recorder
        Records what it prints.
    stop
        Ends the command early.
    """
    memory = OutOfMemoryWatch()
    child = Child(["bash", "-c", command], cwd=cwd, env=env)
    recorder.emit(KernelStarted, pid=child.pid)
    assert child.stderr is not None
    bars = ProgressBars(recorder)
    copying = asyncio.gather(
        _copy(child, child.stdout, "stdout", recorder, bars), _copy(child, child.stderr, "stderr", recorder, bars)
    )
    sampling = asyncio.ensure_future(sample(child.pid, recorder))
    try:
        waiting: set[asyncio.Future[Any]] = {child.exited, stop, copying}
        while not (child.exited.done() or stop.done()):
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if copying in waiting and copying.done():
                copying.result()  # raises if the disk is full; else the command has closed its outputs and continues
                waiting.remove(copying)
        if not child.exited.done():
            child.signal(signal.SIGTERM)
            await asyncio.wait({child.exited}, timeout=TERMINATE_GRACE_S)
    finally:
        sampling.cancel()
        await child.kill()
        await asyncio.wait({copying}, timeout=OUTPUT_GRACE_S)
        copying.cancel()
    if copying.done():
        copying.result()
    bars.begin(None)
    for stream, text in recorder.redactor.flush():
        _emit(recorder, str(stream), text)
    if stop.done():
        return stop.result()
    code = child.exited.result()
    assert code is not None
    return command_ended(code, memory.killed())


async def _copy(child: Child, pipe: IO[bytes], name: str, recorder: Recorder, bars: ProgressBars) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    async for chunk in child.read(pipe):
        text = recorder.redactor.feed(name, decoder.decode(chunk))
        _emit(recorder, name, text)
        bars.printed(name, text)
    _emit(recorder, name, recorder.redactor.feed(name, decoder.decode(b"", final=True)))


def _emit(recorder: Recorder, name: str, text: str) -> None:
    if text:
        recorder.print(text)
        recorder.emit(Log, name=name, text=text)
