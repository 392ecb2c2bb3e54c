# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that a job's texts are never markup, control sequences or code in a notebook."""

from __future__ import annotations

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from hypothesis import given
from IPython.core.completer import provisionalcompleter

from jupyter_ml.magics.markup import job_html, table_html
from jupyter_ml.magics.view_state import JobViewState
from jupyter_ml.magics.views import JobView
from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.event_log import Log, Output
from jupyter_ml.schemas.experiments import EXPERIMENT, Experiment, ExperimentQuery
from jupyter_ml.services.jobs.handles import JobHandle
from jupyter_ml.services.jobs.tables import JobTable
from jupyter_ml.services.resources import ResourceTable
from tests.cli.test_hostile import STORED, hostile_job
from tests.hostile import hidden, texts
from tests.store.jobs import WHEN

OURS = {"style", "div", "span", "i", "b", "br", "pre", "table", "thead", "tbody", "tr", "th", "td"}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def check(html):
    page = Page(html)
    assert page.tags <= OURS
    assert not any(name.startswith("on") or name in ("src", "href") for name in page.attributes)
    assert hidden(html) <= {"\r"}
    return page.text


def view_state(text):
    state = JobViewState(hostile_job("a", text), error=text)
    state.add(Log(time=0, name="stdout", text=text))
    state.add(Output(time=0, cell=0, output={"output_type": "error", "traceback": [text]}))
    return state


@given(texts.filter(lambda text: text and "${{" not in text))
def test_a_job_view_escapes_every_text(text):
    text = text.encode(errors="replace").decode()
    assert visible(text, lines=True) in check(job_html(view_state(text)))


@given(texts)
def test_a_table_escapes_every_text_and_has_one_line_for_each_row(text):
    text = text.encode(errors="replace").decode()
    table = ResourceTable(EXPERIMENT, ExperimentQuery(), [Experiment(name=text, description=text, created_at=WHEN)])
    assert visible(text, lines=True) in check(table_html(table))
    assert len(repr(table).split("\n")) <= 2
    assert hidden(repr(table)) == set()


@pytest.mark.parametrize("text", STORED)
def test_a_handle_is_one_line(text):
    jobs = SimpleNamespace(gone=lambda _: f"{text} is gone")
    shown = repr(JobHandle(jobs, hostile_job("a", text)))
    assert "\n" not in shown
    assert hidden(shown) == set()


@pytest.mark.parametrize("text", STORED)
def test_widgets_escape_every_text(text):
    handle = JobHandle(None, hostile_job("a", text))
    view = JobView(handle, view_state(text))
    view.widget()
    for html in (view._details.value, view._log.value):
        check(html)


def test_the_job_list_of_a_session_escapes_every_text(shell, workspace):
    for number, text in enumerate(STORED):
        workspace._context.store.jobs.insert(hostile_job(f"job-{number}", text), host=None)
    table = shell.run_cell("%ml jobs").result
    assert isinstance(table, JobTable)
    assert len(repr(table).split("\n")) == len(STORED) + 1
    assert hidden(repr(table)) == set()
    check(table_html(table))


def test_a_name_with_control_characters_is_not_completed(shell, workspace):
    for number, text in enumerate(["good", "bad\nimport os", "bad\x1b[2J"]):
        workspace._context.store.jobs.insert(hostile_job(f"job-{number}", text), host=None)
    line = "%ml jobs -e "
    with provisionalcompleter():
        found = [item.text for item in shell.Completer.completions(line, len(line))]
    assert found == ["good"]


@pytest.mark.parametrize(
    "text", [text for text in STORED if "\n" not in text and "\0" not in text and "\r" not in text]
)
def test_errors_contain_no_control_sequence(shell, capsys, text):
    shell.run_cell(f"%ml show {text!r}")
    out, err = capsys.readouterr()
    lines = (out + err).replace("\x1b[31m", "").replace("\x1b[39m", "").replace("\x1b[0m", "")
    assert "Error" in lines
    assert hidden(lines) == set()
