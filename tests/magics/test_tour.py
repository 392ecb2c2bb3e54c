# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The tour in examples/ shows what it promises."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import JobState
from tests.workspaces import TIMEOUT_S, write_notebook

TOUR = Path(__file__).parents[2] / "examples" / "tour.ipynb"


@pytest.mark.integration
def test_the_tour(workspace, tmp_path):
    parameters = "alpha: float = 0.01\nsteps: int = 40"
    write_notebook(tmp_path / "diabetes.ipynb", "1", parameters=parameters)  # tests/test_wheel.py runs the real one
    tour = nbformat.read(TOUR, as_version=4)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "JUPYTER_ML"))}
    client = NotebookClient(tour, kernel_name="python3", resources={"metadata": {"path": tmp_path}}, timeout=TIMEOUT_S)
    client.execute(env=environment)

    failed = workspace.jobs.list(JobQuery(sort="created_at")).items[0]
    assert workspace.jobs.wait(failed.name).cause.exception == "KeyError"
    assert workspace.jobs.counts() == {JobState.COMPLETED: 5, JobState.FAILED: 1}
    table, files = ("".join(str(each) for each in tour.cells[number].outputs) for number in (6, 9))
    compared = workspace.jobs.list(JobQuery(filter="tag:tour=alpha")).items
    assert [job.display_name in table for job in compared] == [True] * 3
    assert "outputs/hello.txt" in files
