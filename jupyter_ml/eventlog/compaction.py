# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Reduce the disk space of an event log after its job has ended.

Outputs that were cleared and displays that were updated again are not needed any more. They become holes in the file,
which take no disk space, so that all other lines keep their positions for clients that continue to read.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.texts import TEXT, chunks
from jupyter_ml.schemas.event_log import Cleared, DisplayUpdated, Output, parse_event
from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["compact"]

WORTH_BYTES = 1024**2
"""The least saving for which an event log is rewritten."""
Span = tuple[int, int]


def compact(event_log: Path) -> None:
    """Replace superseded events of an event log by holes; can be repeated."""
    changes = EventLogReader(event_log, only=("cleared", "display_updated")).lines(0)
    if next(changes, None) is None:
        return
    superseded = _merged(_superseded(event_log))
    if sum(end - start for start, end in superseded) < WORTH_BYTES:
        return
    temporary = event_log.with_suffix(".compact")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600, exist_ok=False)
    with open_regular(event_log) as old, temporary.open("r+b") as new:
        size, position = os.fstat(old.fileno()).st_size, 0
        for start, end in [*superseded, (size, size)]:
            new.seek(position)
            new.writelines(chunks(old, position, start))
            position = end - 1  # keep the end of the line
        new.truncate(size)
    temporary.replace(event_log)


def _superseded(event_log: Path) -> list[Span]:
    """Return the positions of outputs that were cleared and of updates that were followed by another one.

    Printed text is kept because it can be searched; outputs with a display id, because they update earlier ones.
    """
    shown: dict[int, list[Span]] = defaultdict(list)
    updates: dict[str, Span] = {}
    superseded: list[Span] = []
    reader = EventLogReader(event_log, only=("output", "cleared", "display_updated"))
    with open_regular(event_log) as file:
        for line in reader.lines_of(file, 0):
            if TEXT.match(line.content):
                continue
            try:
                event = parse_event(reader.whole(file, line))
            except ValueError:
                continue
            match event:
                case Output(display_id=None):
                    shown[event.cell].append((line.start, line.end))
                case Cleared():
                    superseded += shown.pop(event.cell, [])
                case DisplayUpdated():
                    if (before := updates.get(event.display_id)) is not None:
                        superseded.append(before)
                    updates[event.display_id] = (line.start, line.end)
    return superseded


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged
