# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a shell command in one process or several, and record what they print."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

from jupyter_ml.executor.command_output import CommandOutput
from jupyter_ml.executor.outcome import COMPLETED, command_ended
from jupyter_ml.executor.process import Child
from jupyter_ml.executor.usage import sample
from jupyter_ml.memory import OutOfMemoryWatch
from jupyter_ml.schemas.event_log import KernelStarted
from jupyter_ml.schemas.launch import process_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jupyter_ml.executor.attempt import Stop
    from jupyter_ml.executor.outcome import Outcome
    from jupyter_ml.executor.recorder import Recorder
    from jupyter_ml.schemas.distribution import RankedProcess

__all__ = ["run_command"]

TERMINATE_GRACE_S = 1.0
"""Seconds for a command to end after SIGTERM."""
OUTPUT_GRACE_S = 0.2
"""Seconds to wait for output after its end, because remaining child processes may keep the pipe open."""


async def run_command(
    command: str,
    *,
    cwd: Path,
    env: Mapping[str, str],
    recorder: Recorder,
    stop: Stop,
    processes: Sequence[RankedProcess] = (),
) -> Outcome:
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
    processes
        The processes that run it, with variables in addition to those of `env`; by default it is one. When one of them
        fails, the others are ended, and the outcome is that of the first one that has failed.
    """
    memory = OutOfMemoryWatch()
    environments = [{**env, **each.variables} for each in processes] or [{**env}]
    children = [Child(["bash", "-c", command], cwd=cwd, env=each) for each in environments]
    recorder.emit(KernelStarted, pid=children[0].pid)
    ranks: list[int | None] = [each.rank for each in processes] or [None]
    outputs = [CommandOutput(child, recorder, rank) for child, rank in zip(children, ranks, strict=True)]
    copying = asyncio.gather(*(each.copy() for each in outputs))
    sampling = asyncio.ensure_future(sample([each.pid for each in children], recorder))
    try:
        failed = await _ended(children, copying, stop)
    finally:
        sampling.cancel()
        for each in children:
            await each.kill()
        await asyncio.wait({copying}, timeout=OUTPUT_GRACE_S)
        copying.cancel()
    if copying.done():
        copying.result()
    masked = dict(recorder.redactor.flush())
    for output in outputs:
        output.finish(masked)
    if stop.done():
        return stop.result()
    if failed is None:
        return COMPLETED
    code, rank = failed.exited.result() or 0, ranks[children.index(failed)]
    if rank is None:
        return command_ended(code, memory.killed())
    return command_ended(code, memory.killed(), f"Process {rank} of the command", f"See its log, {process_log(rank)}.")


async def _ended(children: Sequence[Child], copying: asyncio.Future[Any], stop: Stop) -> Child | None:
    """Wait until all have ended, one has failed, or they are to stop; end the others, and return the failed one."""
    waiting: set[asyncio.Future[Any]] = {stop, copying, *(each.exited for each in children)}
    while not (stop.done() or _first_failed(children) or all(each.exited.done() for each in children)):
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if copying in done:
            copying.result()  # raises if the disk is full; else the command has closed its outputs and continues
    failed = _first_failed(children)
    if running := [each for each in children if not each.exited.done()]:
        for each in running:
            each.signal(signal.SIGTERM)
        await asyncio.wait([each.exited for each in running], timeout=TERMINATE_GRACE_S)
    return failed


def _first_failed(children: Sequence[Child]) -> Child | None:
    return next((each for each in children if each.exited.done() and each.exited.result() != 0), None)
