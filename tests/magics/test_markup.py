# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.magics.markup import SEGMENTS, STYLE, job_details, job_html, job_log, table_html
from jupyter_ml.magics.view_state import JobViewState
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.event_log import CellFinished, CellStarted, CellState, ExecutorStarted
from jupyter_ml.schemas.experiments import EXPERIMENT, Experiment, ExperimentQuery
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import Page
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.tables import JobTable
from jupyter_ml.services.resources import ResourceTable
from tests.store.jobs import WHEN, job


class Elements(HTMLParser):
    """Elements and text of a page as a browser parses them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.classes, self.jobs, self.text = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.classes.append(dict(attrs).get("class"))
        self.jobs.append(dict(attrs).get("data-ml-job"))
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data):
        self.text += data


NASTY = '<script>alert("&")</script>'


def test_every_text_of_a_job_is_escaped():
    cause = Cause(kind=CauseKind.EXCEPTION, message=NASTY, hint=NASTY, cell_source=NASTY, exception=NASTY, value=NASTY)
    nasty = job("a", state="Failed", experiment_name=NASTY, metrics={NASTY: 1}, cause=cause)
    html = job_html(JobViewState(nasty, log=NASTY, error=NASTY))
    table = table_html(
        ResourceTable(EXPERIMENT, ExperimentQuery(), [Experiment(name=NASTY, description=NASTY, created_at=WHEN)])
    )
    for text in (html, table):
        found = Elements(text)
        assert "script" not in found.tags
        assert NASTY in found.text


def test_views_and_rows_contain_the_name_of_their_job():
    view_state = JobViewState(job("b"), log="x")
    assert [Elements(html(view_state)).jobs[0] for html in (job_details, job_log)] == ["b", "b"]
    listed = SimpleNamespace(list=lambda query: Page(items=[job("b"), job("c")], total=2))
    found = Elements(table_html(JobTable(listed, JobQuery())))
    assert [name for tag, name in zip(found.tags, found.jobs, strict=True) if tag == "tr"] == [None, "b", "c"]


def test_css_classes_are_distinct_from_the_sidebar():
    assert not re.search(r"jp-MLJob(?![A-Za-z])", STYLE)


@given(st.text())
def test_any_text_is_shown_unchanged(text):
    found = Elements(job_log(JobViewState(job("a"), log=f"x{text}x")))
    assert found.tags == ["div", "div", "pre"]
    assert found.text == f"x{visible(text, lines=True)}x"


@pytest.mark.parametrize("state", JobState)
def test_every_state_is_shown_with_a_symbol(state):
    text = Elements(job_details(JobViewState(job("a", state=state)))).text
    assert state.value in text
    assert text[0] in "○◐●✕-▲"


def test_the_bar_has_a_segment_for_each_cell():
    view_state = JobViewState(job("a", state="Running"))
    view_state.add(ExecutorStarted(time=0, pid=1, cells=[0, 2, 3]))
    view_state.add(CellFinished(time=1, cell=0, state="completed", duration_s=1.25))
    view_state.add(CellFinished(time=1, cell=1, state="skipped", duration_s=0))
    view_state.add(CellStarted(time=1, cell=2))
    html = job_details(view_state)
    assert [name for name in Elements(html).classes if name in list(CellState)] == ["completed", "running", "pending"]
    assert 'title="cell 1 of 3: completed, 1.2 s"' in html
    assert 'aria-valuemax="3" aria-valuenow="1"' in html


def test_many_cells_are_one_bar():
    view_state = JobViewState(job("a", state="Running"))
    view_state.add(ExecutorStarted(time=0, pid=1, cells=list(range(SEGMENTS + 1))))
    for cell in range(50):
        view_state.add(CellFinished(time=1, cell=cell, state="completed", duration_s=1))
    html = job_details(view_state)
    assert Elements(html).tags.count("i") == 2
    assert f'aria-valuemax="{SEGMENTS + 1}" aria-valuenow="50"' in html


def test_the_time_left_is_shown_while_the_job_runs():
    view_state = JobViewState(job("a", state="Running"))
    assert "left" not in job_details(view_state)
    view_state.add(job("a", state="Running", eta_at=now() + timedelta(seconds=45.4)))
    assert "about 45 s left" in job_details(view_state)
    view_state.add(job("a", state="Completed"))
    assert "left" not in job_details(view_state)


def test_nan_metrics_are_shown_and_the_number_of_metrics_is_limited():
    html = job_details(JobViewState(job("a", metrics={f"m{number}": float("nan") for number in range(15)})))
    assert "nan" in html
    assert "3 more" in html


def test_an_empty_list_shows_a_hint():
    assert (
        ResourceTable(EXPERIMENT, ExperimentQuery(), []).empty
        in Elements(table_html(ResourceTable(EXPERIMENT, ExperimentQuery(), []))).text
    )
