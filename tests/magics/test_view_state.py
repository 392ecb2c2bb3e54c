# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.eventlog.run_state import CellRun
from jupyter_ml.magics.markup import job_details
from jupyter_ml.magics.view_state import LOG_CHARACTERS, JobViewState
from jupyter_ml.schemas.event_log import INJECTED, CellFinished, CellStarted, CellState, ExecutorStarted, Log, Output
from tests.store.jobs import job


@pytest.fixture
def view_state():
    return JobViewState(job("bold_otter"))


def output(**data) -> Output:
    return Output(time=0, cell=0, output=data)


def stream(text: str) -> Output:
    return output(output_type="stream", name="stdout", text=text)


def test_cells_have_their_latest_state(view_state):
    view_state.add(ExecutorStarted(time=0, pid=1, cells=[INJECTED, 1, 3, 4]))
    view_state.add(CellStarted(time=0, cell=INJECTED))
    view_state.add(CellFinished(time=0, cell=1, state="completed", duration_s=1.5))
    view_state.add(CellStarted(time=0, cell=3))
    assert [view_state.run.cell_state(cell) for cell in (1, 3, 4)] == ["completed", "running", "pending"]


def test_the_next_attempt_resets_the_cells_and_is_marked_in_the_log(view_state):
    view_state.add(ExecutorStarted(time=0, pid=1, cells=[0]))
    view_state.add(CellFinished(time=0, cell=0, state="failed", duration_s=1))
    view_state.add(stream("oh\n"))
    view_state.add(ExecutorStarted(time=0, pid=2, cells=[0]))
    assert view_state.run.cell_state(0) is CellState.PENDING
    assert view_state.log == "oh\n\n--- next attempt ---\n"


def test_every_type_of_output_is_appended_as_text(view_state):
    view_state.add(stream("a\n"))
    view_state.add(Log(time=0, name="stderr", text="b\r\n"))
    view_state.add(output(output_type="display_data", data={"text/plain": ["c", "d"], "image/png": "…"}, metadata={}))
    view_state.add(output(output_type="error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[0m: v"]))
    assert view_state.log == "a\nb\ncd\nE: v\n"


def test_a_progress_bar_is_one_line(view_state):
    for percent in (1, 50, 100):
        view_state.add(stream(f"\r{percent}%"))
    view_state.add(stream("\ndone\n"))
    assert view_state.log == "100%\ndone\n"


@given(st.lists(st.text(alphabet="ab\r\n\x1b[3m", max_size=30_000), max_size=5))
def test_the_log_is_bounded_and_ends_with_the_latest_text(texts):
    view_state = JobViewState(job("bold_otter"))
    for text in [*texts, "\nlast"]:
        view_state.add(stream(text))
    assert len(view_state.log) <= LOG_CHARACTERS
    assert view_state.log.endswith("\nlast")


def test_a_view_is_drawn_while_another_thread_adds_items(view_state):
    adding = threading.Thread(target=view_state.add, args=[CellStarted(time=0, cell=2)])

    class Cells(dict):
        def items(self):
            for number, each in enumerate(super().items()):
                if number == 0 and adding.ident is None:
                    adding.start()
                    adding.join(0.1)  # it waits until the view is drawn
                yield each

    view_state.add(ExecutorStarted(time=0, pid=1, cells=[0, 1, 2]))
    view_state.run.cells = Cells({cell: CellRun(0.0) for cell in (0, 1)})
    assert 'aria-valuemax="3"' in job_details(view_state)
    adding.join()
    assert view_state.run.cell_state(2) is CellState.RUNNING
