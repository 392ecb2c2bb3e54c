# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.magics.markup import SEGMENTS, STYLE, job_facts, job_html, job_log, table_html
from jupyter_ml.magics.story import Cell, Story
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.event_log import CellState
from jupyter_ml.schemas.experiments import Experiment
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.queries import JobQuery, Page
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.experiments import ExperimentTable
from jupyter_ml.services.jobs.tables import JobTable
from tests.store.jobs import WHEN, job


class Elements(HTMLParser):
    """What a browser makes of it."""

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


def test_nothing_that_a_job_says_is_markup():
    cause = Cause(kind=CauseKind.EXCEPTION, message=NASTY, hint=NASTY, cell_source=NASTY, exception=NASTY, value=NASTY)
    nasty = job("a", state="Failed", experiment_name=NASTY, metrics={NASTY: 1}, cause=cause)
    html = job_html(Story(nasty, log=NASTY, trouble=NASTY))
    table = table_html(ExperimentTable([Experiment(name=NASTY, description=NASTY, created_at=WHEN)]))
    for text in (html, table):
        found = Elements(text)
        assert "script" not in found.tags
        assert NASTY in found.text


def test_a_click_on_a_view_tells_which_job_it_is_about():
    story = Story(job("b"), log="x")
    assert [Elements(html(story)).jobs[0] for html in (job_facts, job_log)] == ["b", "b"]
    listed = SimpleNamespace(list=lambda query: Page(items=[job("b"), job("c")], total=2))
    found = Elements(table_html(JobTable(listed, JobQuery())))
    assert [name for tag, name in zip(found.tags, found.jobs, strict=True) if tag == "tr"] == [None, "b", "c"]


def test_the_sidebar_does_not_take_the_looks_of_a_view():
    assert not re.search(r"jp-MLJob(?![A-Za-z])", STYLE)


@settings(deadline=None)
@given(st.text())
def test_any_text_comes_out_as_it_is(text):
    found = Elements(job_log(Story(job("a"), log=f"x{text}x")))
    assert found.tags == ["div", "div", "pre"]
    assert found.text == f"x{visible(text, lines=True)}x"


@pytest.mark.parametrize("state", JobState)
def test_every_state_has_a_sign_and_a_word(state):
    text = Elements(job_facts(Story(job("a", state=state)))).text
    assert state.value in text
    assert text[0] in "○◐●✕-▲"


def test_a_segment_for_each_cell():
    cells = {0: Cell(CellState.COMPLETED, 1.25), 2: Cell(CellState.RUNNING), 3: Cell()}
    html = job_facts(Story(job("a", state="Running"), cells))
    assert [name for name in Elements(html).classes if name in list(CellState)] == ["completed", "running", "pending"]
    assert 'title="cell 0: completed, 1.2 s"' in html
    assert 'aria-valuemax="3" aria-valuenow="1"' in html


def test_many_cells_are_one_bar():
    cells = {number: Cell(CellState.COMPLETED if number < 50 else CellState.PENDING) for number in range(SEGMENTS + 1)}
    html = job_facts(Story(job("a", state="Running"), cells))
    assert Elements(html).tags.count("i") == 2
    assert f'aria-valuemax="{SEGMENTS + 1}" aria-valuenow="50"' in html


def test_how_long_it_will_take_is_told_while_it_runs():
    story = Story(job("a", state="Running"))
    assert "left" not in job_facts(story)
    story.add(job("a", state="Running", progress=Progress(cells_total=2, left_s=45)))
    assert "about 45 s left" in job_facts(story)
    story.add(job("a", state="Completed"))
    assert "left" not in job_facts(story)


def test_metrics_that_are_no_numbers_and_too_many():
    html = job_facts(Story(job("a", metrics={f"m{number}": float("nan") for number in range(15)})))
    assert "nan" in html
    assert "3 more" in html


def test_an_empty_list_says_what_to_do():
    assert "The first job makes one." in Elements(table_html(ExperimentTable([]))).text
