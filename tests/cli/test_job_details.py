# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Show a job, with everything that is known of its end on standard output."""

from __future__ import annotations

import json

import pytest

from jupyter_ml.cli.app import run
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.supervisor import SupervisorService
from tests.store.jobs import job

CAUSE = Cause(
    kind=CauseKind.EXCEPTION,
    message="Cell [2] raised ZeroDivisionError",
    cell_source="x / 0",
    exception="ZeroDivisionError",
    value="division by zero",
    hint="Divide by something else.",
)


@pytest.fixture
def show(workspace, monkeypatch, capsys):
    """Run ``jupyter ml job show`` for a job that failed, and return what is printed."""
    monkeypatch.setattr(SupervisorService, "ensure", lambda _: None)
    store = workspace._context.store.jobs
    store.insert(job("broken", state="Failed", cause=CAUSE), host=None)
    store.add_warnings("broken", [JobWarning(message="no packages were listed", hint="Install pip.")])

    def show(*options):
        assert run(["--workspace", str(workspace.folder), "job", "show", "broken", *options]) == 0
        return capsys.readouterr()

    return show


def test_the_cause_is_part_of_what_is_shown(show):
    shown = show()
    assert shown.err == ""
    lines = shown.out.splitlines()
    assert lines[-4:] == [
        "Cell [2] raised ZeroDivisionError",
        "    x / 0",
        "ZeroDivisionError: division by zero",
        "Divide by something else.",
    ]
    assert "warning: no packages were listed" in lines


def test_the_cause_is_part_of_the_json(show):
    shown = show("-o", "json")
    assert shown.err == ""
    assert json.loads(shown.out)["cause"] == CAUSE.model_dump(mode="json")
