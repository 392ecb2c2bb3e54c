# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check and download the inputs of a job before it starts, and upload its outputs, in a process of their own."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.delivery import Delivered, DeliveryRequest
from jupyter_ml.schemas.event_log import InputDelivered, ProgressBar, Progressed
from jupyter_ml.schemas.outcomes import failed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from jupyter_ml.executor.attempt import Stop
    from jupyter_ml.executor.outcome import Outcome
    from jupyter_ml.executor.recorder import Recorder
    from jupyter_ml.schemas.delivery import Delivery
    from jupyter_ml.schemas.executor_input import ExecutorInput
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["inputs_delivered", "upload_outputs"]

MODULE = "jupyter_ml.storage.delivery"
NEW_VERSION = "Register what is there now as a new version"
RECORDED = {"state", "detail", "files", "bytes", "cached"}
MAX_LINE = 1024 * 1024


@asynccontextmanager
async def inputs_delivered(
    folder: AttemptFolder, request: DeliveryRequest | None, given: ExecutorInput, recorder: Recorder, stop: Stop
) -> AsyncIterator[Outcome | None]:
    """Deliver inputs, and keep what was downloaded during the block; yields why the job cannot start, if it cannot.

    Parameters
    ----------
    folder
        The attempt's folder, in which links to downloaded data are created.
    request
        What to deliver.
    given
        Connections of datastores, and the environment of the job, with which data is read.
    recorder
        Records what was found.
    stop
        Ends the work early.
    """
    if request is None or not request.inputs:
        yield None
        return
    with ExitStack() as locks:
        child = await _Child.start(request.model_copy(update={"uploads": []}), given)
        deliveries = {each.name: each for each in request.inputs}
        try:
            failure = await _take(folder, deliveries, child.lines(recorder, stop), recorder, locks)
            failure = failure or await child.failure(stop, CauseKind.INPUT)
        finally:
            await child.end()
        yield failure


async def upload_outputs(
    request: DeliveryRequest, given: ExecutorInput, recorder: Recorder, stop: Stop
) -> Outcome | None:
    """Upload outputs; return why that failed, if it did."""
    child = await _Child.start(request.model_copy(update={"inputs": []}), given)
    try:
        async for line in child.lines(recorder, stop):
            if line.error is not None:
                return failed(CauseKind.OUTPUT, f"Output {line.name}: {line.error}")
            recorder.log(f"Output {line.name}: {_amount(line)} written to {line.path}.\n")
        return await child.failure(stop, CauseKind.OUTPUT)
    finally:
        await child.end()


async def _take(
    folder: AttemptFolder,
    deliveries: Mapping[str, Delivery],
    lines: AsyncIterator[Delivered],
    recorder: Recorder,
    locks: ExitStack,
) -> Outcome | None:
    """Record what was delivered, lock and link what was downloaded, and return why the job cannot start."""
    async for line in lines:
        delivery = deliveries[line.name]
        if line.error is None:
            recorder.emit(InputDelivered, name=line.name, **line.model_dump(include=RECORDED))
        if (failure := _failure(delivery, line)) is not None:
            return failure
        if line.state == "changed":
            hint = f"{NEW_VERSION}, or write on_change: fail, so that such a job does not start."
            recorder.warn(_changed(delivery, line), hint=hint)
        if line.path is not None and line.lock is not None:
            locks.callback(os.close, _locked(line.lock))
            folder.inputs.mkdir(exist_ok=True)
            (folder.inputs / line.name).symlink_to(line.path)
            recorder.log(_downloaded(delivery, line))
    return None


def _failure(delivery: Delivery, line: Delivered) -> Outcome | None:
    if line.error is not None:
        return failed(CauseKind.INPUT, f"Input {line.name}: {line.error}")
    if line.state == "missing":
        named = f"{delivery.reference} is gone" if delivery.expected is not None else "there is no data"
        return failed(CauseKind.INPUT, f"Input {line.name}: {named}: {line.detail}")
    if line.state == "changed" and delivery.on_change == "fail":
        return failed(CauseKind.INPUT, _changed(delivery, line), f"{NEW_VERSION}, or write on_change: warn.")
    return None


def _changed(delivery: Delivery, line: Delivered) -> str:
    return f"Input {line.name}: {delivery.reference} has changed since it was registered: {line.detail}."


def _downloaded(delivery: Delivery, line: Delivered) -> str:
    how = "was downloaded before, and is used again" if line.cached else "downloaded"
    return f"Input {line.name}: {delivery.location} is not mounted: {_amount(line)} {how}.\n"


def _amount(line: Delivered) -> str:
    return f"{line.files:,} {'file' if line.files == 1 else 'files'}, {line.bytes:,} bytes"


def _locked(path: str) -> int:
    """Return a descriptor with a shared lock, which the program that delivers still has itself."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


class _Child:
    """The program that delivers."""

    def __init__(self, process: asyncio.subprocess.Process, names: set[str]) -> None:
        self._process, self._missing = process, names

    @classmethod
    async def start(cls, request: DeliveryRequest, given: ExecutorInput) -> _Child:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", MODULE,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=MAX_LINE, cwd="/",
            env=given.environment,
        )  # fmt: skip
        child = cls(process, {each.name for each in request.inputs} | {each.name for each in request.uploads})
        document = request.model_copy(update={"connections": given.connections})
        assert process.stdin is not None
        with suppress(OSError):  # reported as its end
            process.stdin.write(document.model_dump_json().encode() + b"\n")
            await process.stdin.drain()
        return child

    async def lines(self, recorder: Recorder, stop: Stop) -> AsyncIterator[Delivered]:
        """Yield the result of each input or output, until the last one or `stop`."""
        assert self._process.stdout is not None
        bars: dict[str, ProgressBar] = {}
        while self._missing and not stop.done():
            reading = asyncio.ensure_future(self._process.stdout.readline())
            waiting: set[asyncio.Future[Any]] = {reading, stop}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                reading.cancel()
                return
            if not (text := reading.result()):
                return
            line = Delivered.model_validate_json(text)
            if line.done is not None:
                bars[line.name] = ProgressBar(label=line.name, done=line.done, total=line.bytes, unit="B")
                recorder.emit(Progressed, bar=bars[line.name])
                continue
            if bars.pop(line.name, None) is not None:
                recorder.emit(Progressed, bar=None)
            self._missing.discard(line.name)
            yield line

    async def failure(self, stop: Stop, kind: CauseKind) -> Outcome | None:
        """Return why not all is done, if it is not."""
        if stop.done():
            return stop.result()
        if not self._missing:
            return None
        names = ", ".join(sorted(self._missing))
        code = await self._process.wait()
        return failed(
            kind, f"The program that transfers the data of {names} ended with {code}.", "executor.log has its output."
        )

    async def end(self) -> None:
        """End it; what it has downloaded is locked by this process."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
