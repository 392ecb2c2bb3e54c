# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Printed output of any size is read in parts and searched, and its lines are counted."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.schemas.event_log import DisplayUpdated, Log, Output
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.queries import EventLogQuery, TextQuery, TextSearch
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.services.jobs.event_logs import EventLogService
from jupyter_ml.services.jobs.shortening import WHOLE_BYTES
from tests.workspaces import write_notebook

LINES = "".join(f"line {number} of \\ many \n" for number in range(10_000))


class Jobs:
    """One job, in its first attempt."""

    def __init__(self, state="Completed") -> None:
        self.name, self.state, self.attempt, self.spec = "job", state, 1, None

    def get(self, _name):
        return self


class Context:
    """A workspace of one attempt."""

    def __init__(self, folder) -> None:
        self.layout, self._folder = self, folder

    def attempt(self, _name, _number=None):
        return self._folder


@pytest.fixture
def event_logs(tmp_path):
    """Write events, and return the service that reads them."""

    def made(*events):
        writer = EventLogWriter(AttemptFolder(tmp_path).event_log)
        for event in events:
            writer.write(event)
        writer.close()
        return EventLogService(Context(tmp_path), Jobs())

    return made


def stream(text):
    return Output(time=1, cell=0, output={"output_type": "stream", "name": "stdout", "text": text})


def rest_of(event_logs, mark):
    texts, position = [], mark.position
    while position is not None:
        part = event_logs.text("job", TextQuery(position=position, limit_bytes=30_000))
        texts.append(part.text)
        position = part.position
    return "".join(texts)


@pytest.mark.parametrize("text", [LINES, LINES + "no end", "x" * 300_000, "x" * 300_000 + "\n" + LINES])
@pytest.mark.parametrize("kind", [stream, lambda text: Log(time=1, name="stderr", text=text)])
def test_a_long_text_is_read_in_parts_and_its_lines_are_counted(event_logs, kind, text):
    made = event_logs(kind("before\n"), kind(text), kind("behind\n"))
    part = made.read("job", EventLogQuery())
    assert part.complete
    [mark] = part.shortened
    assert mark.index == 1
    event = part.events[1]
    begun = event.text if isinstance(event, Log) else event.output["text"]
    rest = rest_of(made, mark)
    assert 50_000 < len(begun) <= 100_000
    assert begun + rest == text
    assert len(begun.splitlines()) + mark.lines == len(text.splitlines())
    assert mark.unfinished is not text.endswith("\n")
    [whole] = made.read("job", EventLogQuery(offset=mark.offset, limit_bytes=1, whole=True)).events
    assert (whole.text if isinstance(whole, Log) else whole.output["text"]) == text


def test_lines_are_found_anywhere(event_logs):
    made = event_logs(stream("\x1b[31mLine 9999\x1b[0m\n"), stream(LINES), Log(time=1, name="stdout", text="none"))
    hits = made.search("job", TextSearch(text="LINE 9999"))
    assert hits.total == 2
    first, second = hits.items
    assert (first.line, second.line) == (0, 9_999)
    part = made.read("job", EventLogQuery())
    assert second.offset == part.shortened[0].offset
    assert made.text("job", TextQuery(position=second.position)).text == "line 9999 of \\ many \n"
    many = made.search("job", TextSearch(text="of \\ many", limit=3))
    assert (many.total, [hit.line for hit in many.items]) == (10_000, [0, 1, 2])
    assert made.search("job", TextSearch(text="elsewhere")).total == 0


def test_a_bad_block_hides_nothing_else(event_logs, tmp_path):
    made = event_logs(stream("one needle\n"), stream("x" * 200_000), stream("another needle\n"))
    path = AttemptFolder(tmp_path).event_log
    path.write_bytes(path.read_bytes().replace(b"xxxx", b"x\xff\\u", 1))
    assert made.search("job", TextSearch(text="needle")).total == 2
    texts = [event.output["text"] for event in made.read("job", EventLogQuery()).events]
    assert texts == ["one needle\n", "another needle\n"]


@pytest.mark.integration
def test_a_long_text_is_streamed_in_parts(workspace, tmp_path):
    path = write_notebook(tmp_path / "loud.ipynb", "print('a line\\n' * 400_000)")
    job = workspace.jobs.submit(NotebookJob(notebook=str(path)))
    texts = [item.output["text"] for item in workspace.jobs.stream(job.name) if isinstance(item, Output)]
    assert "".join(texts) == "a line\n" * 400_000 + "\n"
    assert max(map(len, texts)) <= 1024**2
    assert all(text.endswith("\n") for text in texts)


def test_what_is_too_large_to_be_loaded_is_named(event_logs):
    large = {"image/png": "x" * (WHOLE_BYTES + 1)}
    output = Output(time=1, cell=0, output={"output_type": "display_data", "data": large, "metadata": {}})
    error = {"output_type": "error", "ename": "E", "evalue": "x" * WHOLE_BYTES, "traceback": ["x"]}
    made = event_logs(output, DisplayUpdated(time=1, display_id="a", data=large), Output(time=1, cell=0, output=error))
    for whole in (False, True):
        events, offset = [], 0
        for _ in range(3):
            part = made.read("job", EventLogQuery(offset=offset, limit_bytes=1, whole=whole))
            assert len(part.shortened) == 1
            events += part.events
            offset = part.offset
        assert events[0].output["data"] == {"text/plain": "image/png is too large to be shown"}
        assert events[1].data == {"text/plain": "image/png is too large to be shown"}
        assert (events[2].output["ename"], events[2].output["traceback"]) == (
            "E", ["This error is too large to be shown."]
        )  # fmt: skip


def test_a_position_without_text_is_refused(event_logs):
    made = event_logs(stream("ä" * 200_000))
    [mark] = made.read("job", EventLogQuery()).shortened
    with pytest.raises(InvalidInputError, match=f"at byte {mark.position + 1}"):
        made.text("job", TextQuery(position=mark.position + 1))
    with pytest.raises(InvalidInputError, match="no text continues"):
        made.text("job", TextQuery(position=10**12))


def test_the_log_of_a_job_that_is_being_deleted(event_logs, tmp_path):
    made = event_logs(Log(time=1, name="stdout", text="none"))
    offset = made.read("job", EventLogQuery()).offset
    for log in tmp_path.rglob("events.jsonl"):
        log.unlink()
    with pytest.raises(NotFoundError, match="is being deleted"):
        made.read("job", EventLogQuery(offset=offset))
