# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Event logs are written and read in complete lines: of any size, on a full disk, after a crash."""

from __future__ import annotations

import errno
import io
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.eventlog.reader import HEAD_BYTES, EventLogReader
from jupyter_ml.eventlog.signing import SigningKeys
from jupyter_ml.eventlog.writer import EventLogFullError, EventLogWriter, has_writer
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import CellStarted, Ended, Log, Output, parse_event

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, *events: Log | Output | CellStarted) -> None:
    writer = EventLogWriter(path)
    for event in events:
        writer.write(event)
    writer.close()


def log(text: str) -> Log:
    return Log(time=1.5, name="stdout", text=text)


@given(st.lists(st.text(), max_size=5))
def test_events_are_read_as_they_were_written(tmp_path_factory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("event log") / "events.jsonl"
    write(path, *map(log, texts))
    assert [event.text for event, _ in EventLogReader(path)] == texts
    assert path.stat().st_mode & 0o777 == 0o600


def test_reading_continues_at_the_offset(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    reader = EventLogReader(path)
    assert list(reader) == []
    write(path, log("a"), log("b"))
    offsets = [offset for _, offset in reader]
    assert reader.offset == offsets[-1] == path.stat().st_size
    assert [event.text for event, _ in EventLogReader(path, offsets[0])] == ["b"]
    with path.open("ab") as file:
        file.write(b'{"type":"log"')
    assert list(reader) == []
    with path.open("ab") as file:
        file.write(b',"time":1,"name":"stdout","text":"c"}\n')
    assert [event.text for event, _ in reader] == ["c"]


class Growing(io.BytesIO):
    """An event log that grows after its first read."""

    def __init__(self, content: bytes, at: int) -> None:
        super().__init__(content[:at])
        self._rest = content[at:]

    def readline(self, size: int | None = -1) -> bytes:
        line = super().readline(size)
        position = self.tell()
        self.seek(0, io.SEEK_END)
        self.write(self._rest)
        self._rest = b""
        self.seek(position)
        return line


@pytest.mark.parametrize("only", [(), ("log",)])
@pytest.mark.parametrize("size", [10, 3 * HEAD_BYTES])
@pytest.mark.parametrize("limit", [None, 0, 2 * HEAD_BYTES])
def test_a_line_that_grows_while_it_is_read_is_complete(tmp_path: Path, only, size: int, limit) -> None:
    path = tmp_path / "events.jsonl"
    write(path, log("x" * size), log("b"))
    content = path.read_bytes()
    for at in (0, 5, 20, size, size + 20, len(content) - 3):
        file = Growing(content, at)
        reader = EventLogReader(path, only=only)
        lines = [*reader.lines_of(file, limit), *reader.lines_of(file, limit)]
        assert [line.start for line in lines] == [0, lines[0].end]
        assert lines[1].end == len(content)
        assert all(content[line.start : line.end].startswith(line.content) for line in lines)
        wanted = max(limit, HEAD_BYTES) if limit is not None else len(content)
        assert [len(line.content) for line in lines] == [min(line.end - line.start, wanted) for line in lines]


def test_outputs_can_be_skipped(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    surrogate = {"output_type": "stream", "name": "stdout", "text": "\ud800"}
    large = {"output_type": "stream", "name": "stdout", "text": "x" * 3 * HEAD_BYTES}
    write(path, *(Output(time=1, cell=0, output=each) for each in (surrogate, large)), CellStarted(time=2, cell=1))
    reader = EventLogReader(path, outputs=False)
    assert [event.type for event, _ in reader] == ["cell_started"]
    assert reader.offset == path.stat().st_size
    assert len(list(EventLogReader(path))) == 3


def test_an_invalid_line_is_skipped_with_a_warning(tmp_path: Path, caplog) -> None:
    path = tmp_path / "events.jsonl"
    write(path, log("a"))
    with path.open("ab") as file:
        file.write(b"\1\0\0\n")
    write(path, log("b"))
    assert [event.text for event, _ in EventLogReader(path)] == ["a", "b"]
    assert "is not an event" in caplog.text


def test_lines_of_other_processes_damage_no_event(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventLogWriter(path)
    writer.write(log("a"))
    for foreign in (b"half a line", b"", b"\n\n", b'{"type":"log"}\n'):
        with path.open("ab") as file:
            file.write(foreign)
        writer.write(log("b"))
    writer.close()
    assert [event.text for event, _ in EventLogReader(path)] == ["a", "b", "b", "b", "b"]


@pytest.mark.integration
def test_the_lock_shows_whether_there_is_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventLogWriter(path)
    assert has_writer(path)
    fork = os.fork()
    if fork == 0:  # inherits the open file
        time.sleep(60)
        os._exit(0)
    writer.close()
    try:
        assert not has_writer(path)
    finally:
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"cell_started","time":NaN,"cell":0}',
        '{"type":"cell_started","time":1e300,"cell":0}',
        '{"type":"cell_started","time":1,"cell":1e30}',
        '{"type":"executor_started","time":1,"pid":-1}',
        '{"type":"sample","time":1,"usage":{"cpu_percent":NaN,"memory_bytes":0}}',
        '{"type":"sample","time":1,"usage":{"cpu_percent":0,"memory_bytes":1e40}}',
    ],
)
def test_events_with_impossible_numbers_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        parse_event(line.encode())


def test_a_full_disk_is_the_last_event(small_disk: Path) -> None:
    writer = EventLogWriter(small_disk / "events.jsonl")
    with pytest.raises(EventLogFullError) as error:  # noqa: PT012
        for _ in range(1000):
            writer.write(log("x" * 10_000))
    assert error.value.ended
    *before, (last, _) = EventLogReader(small_disk / "events.jsonl")
    assert isinstance(last, Ended)
    assert last.cause.kind is CauseKind.DISK_FULL
    assert all(event.text == "x" * 10_000 for event, _ in before)
    writer.close()


def test_an_output_longer_than_a_pipe_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    write(path, log("x" * 5_000_000))
    assert path.read_bytes().count(b"\n") == 1
    assert path.stat().st_size > 5_000_000


def test_an_unsigned_end_is_skipped_with_a_key(tmp_path: Path) -> None:
    path, keys = tmp_path / "events.jsonl", SigningKeys.create()
    ended = Ended(time=2, state="Completed")
    write(path, log("a"), ended)
    writer = EventLogWriter(path, keys.signing)
    reader = EventLogReader(path, key=keys.verifying)
    assert [event.type for event, _ in reader] == ["log"]
    assert reader.unsigned
    writer.write(Ended(time=3, state="Failed"))
    writer.close()
    assert [event.time for event, _ in reader] == [3]
    assert [event.time for event, _ in EventLogReader(path, only=("ended",))] == [2, 3]


def test_the_end_for_a_full_disk_is_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, keys = tmp_path / "events.jsonl", SigningKeys.create()
    writer = EventLogWriter(path, keys.signing)
    with pytest.raises(EventLogFullError) as caught, writer.report_full_disk():
        raise OSError(errno.ENOSPC, "full")
    writer.close()
    assert caught.value.ended
    assert [event.cause.kind for event, _ in EventLogReader(path, key=keys.verifying)] == [CauseKind.DISK_FULL]


@pytest.mark.parametrize("partial", [b"", b"x", b'{"type":'])
def test_a_writer_continues_after_its_file_was_changed(tmp_path: Path, partial: bytes) -> None:
    path = tmp_path / "events.jsonl"
    writer = EventLogWriter(path)
    writer.write(log("before"))
    assert not writer.damaged()
    for lose in (path.unlink, lambda: path.write_bytes(partial), lambda: path.rename(tmp_path / "away")):
        lose()
        writer.write(log("after"))
        writer.write(log("later"))
        assert writer.damaged()
        assert [event.text for event, _ in EventLogReader(path)] == ["after", "later"]
        assert has_writer(path)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    writer.write(log("nowhere"))
    writer.close()
    assert not (tmp_path / "elsewhere").exists()


def test_a_log_that_became_shorter_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    write(path, log("a"), log("b"))
    reader = EventLogReader(path)
    assert len(list(reader)) == 2
    path.unlink()
    write(path, log("c"))
    assert [event.text for event, _ in reader] == ["c"]
