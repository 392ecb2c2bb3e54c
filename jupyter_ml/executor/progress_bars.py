# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find tqdm's progress bars in what a job prints and shows, and record the outermost one that runs."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.event_log import LONGEST_LEFT_S, ProgressBar, Progressed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ml.executor.recorder import Recorder

__all__ = ["ProgressBars", "parse_bar"]

PERIOD_S = 1.0
"""Least time between two events."""
MAX_LINE = 1_000
MAX_LABEL = 100
MAX_NESTED = 20
"""How many lines above the cursor are kept, because a piece of output may end while the cursor is below the bar."""
_MOVES = re.compile(r"(\r|\n|\x1b\[A)")
_BEGUN = re.compile(r"\x1b\[?\Z")
_NUMBER = r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?[kMGTPEZY]?)"
_LABEL = r"^(?:(?P<label>.*?):\s+)?"
_BAR = re.compile(
    rf"{_LABEL}\s*(?:\d+%)?\s*\|.*\|\s*{_NUMBER}/(?:{_NUMBER}|\?)\s*"
    r"\[[\d:]+<(?P<left>[\d:]+|\?),\s*(?P<rate>[^\],]*)"
)
_COUNT = re.compile(rf"{_LABEL}{_NUMBER}(?P<unit>[^\s\d\[]*)\s*\[[\d:]+,")
_SCALE = {letter: 1000.0**power for power, letter in enumerate("kMGTPEZY", start=1)}


def parse_bar(line: str) -> tuple[ProgressBar, float | None] | None:
    """Return the progress bar in a line that tqdm has printed, and the seconds that it will still take.

    Bars of another format (``bar_format``) are not found.
    """
    line = line.replace("\u2007", " ")[:MAX_LINE]
    if (found := _BAR.match(line)) is not None:
        done, total = _value(found[2]), _value(found[3]) if found[3] else None
        left_s = None if total is None or found["left"] == "?" else _seconds(found["left"])
        return ProgressBar(label=_label(found), done=done, total=total, unit=_unit(found["rate"])), left_s
    if (found := _COUNT.match(line)) is not None:
        return ProgressBar(label=_label(found), done=_value(found[2]), unit=found["unit"] or "it"), None
    return None


class ProgressBars:
    """The progress bars of one cell or command.

    A bar that tqdm prints ends with a line feed when it is closed, so that all bars above the cursor are closed, and
    the outermost of those that run is in the line of the cursor.

    Parameters
    ----------
    recorder
        Records the outermost bar when it changes, at most once in `PERIOD_S`.
    widgets
        Returns the text of each widget that shows a bar which is not closed, in the order in which they were shown.
    """

    def __init__(self, recorder: Recorder, widgets: Callable[[], Iterator[str]] = lambda: iter(())) -> None:
        self._recorder, self._widgets = recorder, widgets
        self._timer: asyncio.TimerHandle | None = None
        self._recorded_at = -PERIOD_S
        self.begin(None)

    def begin(self, cell: int | None) -> None:
        """Forget the bars of the last cell."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._cell = cell
        self._rows: dict[str, int] = {}
        self._begun: dict[str, str] = {}
        self._lines: dict[tuple[str, int], str] = {}
        self._recorded: tuple[ProgressBar, float | None] | None = None

    def printed(self, stream: str, text: str) -> None:
        """Read what was printed to a stream."""
        row, text = self._rows.get(stream, 0), self._begun.pop(stream, "") + text
        if (begun := _BEGUN.search(text)) is not None:
            self._begun[stream], text = begun[0], text[: begun.start()]
        for part in _MOVES.split(text):
            match part:
                case "\r":
                    self._lines[stream, row] = ""
                case "\n":
                    row += 1
                case "\x1b[A":
                    row = max(0, row - 1)
                case _ if part:
                    self._lines[stream, row] = (self._lines.get((stream, row), "") + part)[:MAX_LINE]
        self._rows[stream] = row
        for place in [place for place in self._lines if place[0] == stream and place[1] < row - MAX_NESTED]:
            del self._lines[place]
        self.changed()

    def changed(self) -> None:
        """Record the outermost bar soon."""
        if self._timer is None:
            delay = max(0.0, self._recorded_at + PERIOD_S - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(delay, self._record)

    def _record(self) -> None:
        self._timer = None
        found = self._outermost()
        if found == self._recorded:
            return
        self._recorded, self._recorded_at = found, time.monotonic()
        fields: dict[str, Any] = {} if found is None else {"bar": found[0], "left_s": found[1]}
        self._recorder.emit(Progressed, cell=self._cell, **fields)

    def _outermost(self) -> tuple[ProgressBar, float | None] | None:
        running = sorted((row, stream) for stream, row in self._lines if row >= self._rows[stream])
        texts = [*self._widgets(), *(self._lines[stream, row] for row, stream in running)]
        return next((bar for text in texts if (bar := parse_bar(text)) is not None), None)


def _value(text: str) -> float:
    scale = _SCALE.get(text[-1], 1.0)
    value = float(text.rstrip("kMGTPEZY")) * scale
    return value if value < float("inf") else 0.0


def _label(found: re.Match[str]) -> str:
    return (found["label"] or "").strip()[:MAX_LABEL]


def _unit(rate: str) -> str:
    """Return the unit in a rate such as ``3.4it/s``, ``2.1s/it`` or ``1.2MB/s``."""
    matched = re.match(r"\s*[\d.?]*[kMGTPEZY]?(?:s/(?P<slow>\S+)|(?P<unit>\S+?)/s)", rate)
    return ((matched["slow"] or matched["unit"]) if matched else "it")[:20]


def _seconds(clock: str) -> float:
    seconds = 0
    for part in clock.split(":"):
        seconds = 60 * seconds + int(part or 0)
    return float(min(seconds, LONGEST_LEFT_S))
