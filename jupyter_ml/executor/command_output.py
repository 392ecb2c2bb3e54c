# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Record what a process of a command prints."""

from __future__ import annotations

import asyncio
import codecs
from typing import IO, TYPE_CHECKING, Any

from jupyter_ml.executor.progress_bars import ProgressBars
from jupyter_ml.schemas.event_log import Log

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from jupyter_ml.executor.process import Child
    from jupyter_ml.executor.recorder import Recorder

__all__ = ["CommandOutput"]

STREAMS = ("stdout", "stderr")
LONGEST_LINE = 2**16


class CommandOutput:
    """Writes what a process prints into the event log and the plain log, with secrets masked.

    One of several processes has a log of its own besides. The common logs have its lines as a whole, with its rank at
    the beginning of each.

    Parameters
    ----------
    child
        The process.
    recorder
        Records what it prints.
    rank
        The number of the process, if it is one of several.
    """

    def __init__(self, child: Child, recorder: Recorder, rank: int | None) -> None:
        self._child, self._recorder, self._rank = child, recorder, rank
        self._bars = ProgressBars(recorder) if not rank else None
        self._unfinished = dict.fromkeys(STREAMS, "")
        if rank is not None:
            recorder.print_of(rank, "")  # so that its log exists

    async def copy(self) -> None:
        """Record everything, until the last process with the outputs has closed them; EventLogFullError if it can't."""
        assert self._child.stderr is not None
        pipes: list[IO[bytes]] = [self._child.stdout, self._child.stderr]
        await asyncio.gather(*(self._copy(pipe, name) for pipe, name in zip(pipes, STREAMS, strict=True)))

    def finish(self, masked: Mapping[Any, str]) -> None:
        """Record what is left in buffers, which `Redactor.flush` has returned."""
        if self._bars is not None:
            self._bars.begin(None)
        for name in STREAMS:
            self._emit(name, masked.get(self._key(name), ""))
            if rest := self._unfinished[name]:
                self._record(name, f"{self._rank}: {rest}\n")

    def _key(self, name: str) -> Hashable:
        return self._rank, name

    async def _copy(self, pipe: IO[bytes], name: str) -> None:
        decoder, redactor = codecs.getincrementaldecoder("utf-8")("replace"), self._recorder.redactor
        async for chunk in self._child.read(pipe):
            text = redactor.feed(self._key(name), decoder.decode(chunk))
            self._emit(name, text)
            if self._bars is not None:
                self._bars.printed(name, text)
        self._emit(name, redactor.feed(self._key(name), decoder.decode(b"", final=True)))

    def _emit(self, name: str, text: str) -> None:
        if not text:
            return
        if self._rank is None:
            self._record(name, text)
            return
        self._recorder.print_of(self._rank, text)
        *lines, rest = (self._unfinished[name] + text).split("\n")
        if len(rest) > LONGEST_LINE:
            lines, rest = [*lines, rest], ""
        self._unfinished[name] = rest
        if lines:
            self._record(name, "".join(f"{self._rank}: {line}\n" for line in lines))

    def _record(self, name: str, text: str) -> None:
        self._recorder.print(text)
        self._recorder.emit(Log, name=name, text=text)
