# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that no text of a job breaks a command or controls the terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys

import pytest
import yaml

from jupyter_ml.cli.app import run
from jupyter_ml.cli.watching import _Screen
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.event_log import Log, Output
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.imported_runs import ImportedRuns
from jupyter_ml.services.supervisor import SupervisorService
from tests.hostile import HOSTILE, hidden
from tests.store.jobs import job, metric

STORED = [text.encode(errors="replace").decode().replace("\0", "") for text in HOSTILE]
"""The hostile texts as a database stores them."""


def hostile_job(name: str, text: str):
    cause = Cause(
        kind=CauseKind.EXCEPTION, message=text, hint=text, cell=0, cell_source=text, exception=text, value=text,
        traceback=[text], signal=text,
    )  # fmt: skip
    created = job(
        name,
        state="Failed",
        type="command",
        display_name=text,
        experiment_name=text,
        description=text,
        tags={text: text},
        cause=cause,
        spec=CommandJob(command=text),
        warnings=[JobWarning(message=text, hint=text)],
        progress=Progress(cells_total=1),
        user=text,
        compute=text,
    )
    return created.model_copy(update={"parameters": {text: text}})


@pytest.fixture(scope="module")
def filled(make_workspace, tmp_path_factory):
    """Return a workspace with a job for every hostile text."""
    with make_workspace(tmp_path_factory.mktemp("hostile")) as workspace:
        for number, text in enumerate(STORED):
            workspace._context.store.jobs.insert(hostile_job(f"job-{number}", text), host=None)
            workspace._context.store.jobs.set_metrics(f"job-{number}", {text: metric(0.5)})
        yield workspace


@pytest.fixture
def shown(filled, monkeypatch, capsys):
    """Run a command in that workspace, without a supervisor, and return what it prints."""
    monkeypatch.setattr(SupervisorService, "ensure", lambda self: None)
    monkeypatch.setattr(ImportedRuns, "current", lambda self: True)
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(filled.folder))

    def shown(*arguments, code=0):
        capsys.readouterr()
        assert run([*arguments]) == code
        out, err = capsys.readouterr()
        assert hidden(out + err) == set(), arguments
        return out, err

    return shown


def test_job_list_shows_every_text_in_one_row(shown):
    out, _ = shown("job", "list", "--limit", "1000")
    assert len([line for line in out.splitlines() if line.startswith("job-")]) == len(STORED)
    assert "[/data/a.csv]" in out
    assert "[bold red]x[/]" in out
    assert "\\x1b[2J" in out
    assert "safe\\u202egnp.exe" in out


def test_experiment_list_and_show_escape_every_text(shown):
    out, _ = shown("experiment", "list")
    assert "[/data/a.csv]" in out
    assert "two\\nlines" in out
    for text in STORED:
        shown("experiment", "show", "--", text)


def test_job_show_escapes_every_text(shown):
    for number, text in enumerate(STORED):
        out, _ = shown("job", "show", f"job-{number}")
        if text.isprintable() and len(text) < 30:
            assert text in out


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_json_and_yaml_contain_the_exact_texts(shown, form):
    out, _ = shown("job", "list", "--limit", "1000", "-o", form)
    found = json.loads(out) if form == "json" else yaml.safe_load(out)
    assert {item["display_name"] for item in found} == set(STORED)
    for number in range(len(STORED)):
        shown("job", "show", f"job-{number}", "-o", form)


@pytest.mark.parametrize("text", [text for text in STORED if "\n" not in text])
def test_errors_escape_the_arguments(shown, text):
    shown("job", "show", "--", text, code=3)
    shown("job", "list", f"unknown:{text}", code=2)
    shown("job", "list", "--sort", text, code=2)
    shown("run", f"nowhere/{text}", code=2)
    shown("run", "a.ipynb", "--retries", text, code=2)
    shown(f"x{text}", code=2)


def test_a_column_has_the_exact_name_of_its_parameter(shown):
    out, _ = shown("job", "list", "--sort", "parameters.[/data/a.csv]")
    assert "[/data/a.csv]" in out.splitlines()[0]


@pytest.mark.parametrize("text", STORED)
def test_watching_escapes_every_text(text, monkeypatch, capsys):
    monkeypatch.setattr("jupyter_ml.cli.watching.output_format", lambda: "table")
    with _Screen() as screen:
        screen.show(hostile_job("job", text))
        screen.show(Output(time=0, cell=0, output={"output_type": "stream", "name": "stdout", "text": text}))
        screen.show(Log(time=0, name="stdout", text=text))
        screen.show(hostile_job("job", text).model_copy(update={"metrics": {text: 1.0}}))
    out, err = capsys.readouterr()
    assert hidden(out + err) <= {"\r"}


@pytest.mark.integration
def test_a_terminal_receives_colors_and_no_other_control_sequence(tmp_path):
    """Watch a job that prints every text, in a process with a pseudo-terminal."""
    code = """
from jupyter_ml.cli import watching
from jupyter_ml.schemas.event_log import Log
from tests.cli.test_hostile import STORED, hostile_job

watching.output_format = lambda: "table"
with watching._Screen() as screen:
    assert screen._live
    job = hostile_job("job", "[/data/a.csv]")
    screen.show(job.model_copy(update={"metrics": {"[/x]": 1.0}, "state": "Running"}))
    print("BEGIN", flush=True)
    for text in [*STORED, "\\x1b[31mred"]:
        screen.show(Log(time=0, name="stdout", text=text + "\\n"))
    print("END", flush=True)
"""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=slave, stderr=slave, env={**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        seen += piece
    os.close(master)
    assert process.wait() == 0, seen.decode(errors="replace")
    text = seen.decode().partition("BEGIN")[2].rpartition("END")[0]
    assert "\x1b[31mred\x1b[0m" in text
    assert not re.search(r"\x1b[\]P^_X]|\x07|[\x80-\x9f\u202e]|\x1b\[2J\x1b\[H", text)
    assert "\x1b[2J" not in text
    assert "all gone" in text
