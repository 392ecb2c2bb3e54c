# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compaction keeps the content and all positions of an event log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.eventlog.compaction import compact
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.notebooks.assemble import assemble
from jupyter_ml.notebooks.prepare import prepare
from jupyter_ml.schemas.event_log import AttemptEvent, CellStarted, Cleared, DisplayUpdated, Ended, Output
from tests.notebooks.documents import document

if TYPE_CHECKING:
    from pathlib import Path


def plot(number: int, display_id: str | None = None) -> Output:
    data = {"image/png": f"{number:0100000}"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    return Output(time=1, cell=0, output=output, display_id=display_id)


def printed(text: str) -> Output:
    return Output(time=1, cell=0, output={"output_type": "stream", "name": "stdout", "text": text})


def events() -> list[AttemptEvent]:
    shown: list[AttemptEvent] = [CellStarted(time=1, cell=0), plot(0, "d")]
    for number in range(50):
        data = {"image/png": f"{number:0100000}"}
        shown += [plot(number), printed(f"{number}\\n"), Cleared(time=1, cell=0)]
        shown += [DisplayUpdated(time=1, display_id="d", data=data)]
    return [*shown, plot(100), printed("last\\n"), plot(101, "d"), Ended(time=2, state="Completed")]


def others(found: list[AttemptEvent]) -> list[AttemptEvent]:
    return [event for event in found if event.type not in ("output", "display_updated")]


@pytest.fixture
def event_log(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    writer = EventLogWriter(path)
    for event in events():
        writer.write(event)
    writer.close()
    return path


def test_compaction_reduces_the_file_and_keeps_the_notebook(event_log: Path) -> None:
    notebook = document("a")
    prepare(notebook)
    before, size = assemble(notebook, event_log), event_log.stat().st_size
    for _ in range(2):
        compact(event_log)
        assert assemble(notebook, event_log) == before
        assert event_log.stat().st_size == size > 10_000_000
        assert event_log.stat().st_blocks * 512 < 1_500_000
        assert event_log.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in event_log.parent.iterdir()] == ["events.jsonl"]


def test_a_reader_continues_after_compaction(event_log: Path, caplog: pytest.LogCaptureFixture) -> None:
    offsets = [0, *(offset for _, offset in EventLogReader(event_log))]
    compact(event_log)
    all_events = events()
    for read, offset in enumerate(offsets):
        rest = [event for event, _ in EventLogReader(event_log, offset)]
        assert all(event in all_events[read:] for event in rest)
        assert others(rest) == others(all_events[read:])
        assert rest[-3:] == all_events[read:][-3:]
    texts = [event.output["text"] for event, _ in EventLogReader(event_log) if "text" in getattr(event, "output", {})]
    assert texts == [*(f"{number}\\n" for number in range(50)), "last\\n"]
    assert not caplog.text


def test_a_log_without_superseded_events_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventLogWriter(path)
    for number in range(30):
        writer.write(plot(number))
    writer.close()
    before = (path.read_bytes(), path.stat().st_ino)
    compact(path)
    assert (path.read_bytes(), path.stat().st_ino) == before
