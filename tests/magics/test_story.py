# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.magics.story import KEPT_CHARACTERS, Cell, Story
from jupyter_ml.schemas.event_log import INJECTED, CellFinished, CellStarted, CellState, ExecutorStarted, Log, Output
from tests.store.jobs import job


@pytest.fixture
def story():
    return Story(job("bold_otter"))


def output(**data) -> Output:
    return Output(time=0, cell=0, output=data)


def stream(text: str) -> Output:
    return output(output_type="stream", name="stdout", text=text)


def test_cells_are_followed(story):
    story.add(ExecutorStarted(time=0, pid=1, cells=[INJECTED, 1, 3, 4]))
    story.add(CellStarted(time=0, cell=INJECTED))
    story.add(CellFinished(time=0, cell=1, state="completed", duration_s=1.5))
    story.add(CellStarted(time=0, cell=3))
    assert story.cells == {1: Cell(CellState.COMPLETED, 1.5), 3: Cell(CellState.RUNNING), 4: Cell()}


def test_an_attempt_begins_anew_and_says_so(story):
    story.add(ExecutorStarted(time=0, pid=1, cells=[0]))
    story.add(CellFinished(time=0, cell=0, state="failed", duration_s=1))
    story.add(stream("oh\n"))
    story.add(ExecutorStarted(time=0, pid=2, cells=[0]))
    assert story.cells == {0: Cell()}
    assert story.log == "oh\n\n--- once more ---\n"


def test_every_kind_of_output_reads_as_text(story):
    story.add(stream("a\n"))
    story.add(Log(time=0, name="stderr", text="b\r\n"))
    story.add(output(output_type="display_data", data={"text/plain": ["c", "d"], "image/png": "…"}, metadata={}))
    story.add(output(output_type="error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[0m: v"]))
    assert story.log == "a\nb\ncd\nE: v\n"


def test_a_progress_bar_is_one_line(story):
    for percent in (1, 50, 100):
        story.add(stream(f"\r{percent}%"))
    story.add(stream("\ndone\n"))
    assert story.log == "100%\ndone\n"


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab\r\n\x1b[3m", max_size=30_000), max_size=5))
def test_the_log_is_bounded_and_ends_with_the_last(texts):
    story = Story(job("bold_otter"))
    for text in [*texts, "\nlast"]:
        story.add(stream(text))
    assert len(story.log) <= KEPT_CHARACTERS
    assert story.log.endswith("\nlast")
