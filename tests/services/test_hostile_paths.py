# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A workspace works in a directory of any name, and writes nothing elsewhere."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from jupyter_ml.schemas.queries import MetricsQuery
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.store.engine import Database
from jupyter_ml.tracking.uris import sqlite_file, sqlite_uri
from tests.workspaces import write_notebook

NAMES = [
    "with blank",
    "per%20cent",
    "per%cent %",
    "what?",
    "a?b=c&d",
    "hash#tag",
    "Ärger im Büro 测试",
    "plus+and@at:colon;semi",
    "quote'double\"back`tick",
    "back\\slash",
    "[brackets]{braces}",
    "$HOME ${PATH} $(id)",
    "new\nline",
    " -rf *",
    "sqlite:___x",
    "file:x",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_uri_leads_to_the_file(tmp_path, name):
    from sqlalchemy.engine import make_url

    file = tmp_path / name / "mlflow.db"
    assert make_url(sqlite_uri(file)).database == str(file)
    assert sqlite_file(sqlite_uri(file)) == file
    assert Database(file).file == file


@pytest.mark.integration
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["per%20cent? #1 &a=b Ärger im Büro 测试 quote'double\"\\ $(id)", "file:x"])
def test_a_job_in_a_directory_of_any_name(make_workspace, tmp_path, name):
    folder = tmp_path / "here" / name
    path = write_notebook(
        folder / "a.ipynb",
        "import mlflow, pathlib\nmlflow.log_metric('r2', 0.5)\npathlib.Path('made.txt').write_text('x')",
        "mlflow.log_artifact('made.txt')\nwith mlflow.start_run(nested=True): mlflow.log_param('depth', 1)",
    )
    unquoted = tmp_path / "here" / unquote(name) / ".jupyter-ml" / "artifacts" if "%" in name else None
    if unquoted:
        (unquoted / "1").mkdir(parents=True)
    with make_workspace(folder) as workspace:
        job = workspace.jobs.submit(NotebookJob(notebook=str(path), code=str(folder)))
        done = workspace.jobs.wait(job.name)
        assert (done.state, done.cause) == (JobState.COMPLETED, None), done.cause
        assert done.metrics == {"r2": 0.5}
        [series] = workspace.metrics.history(job.name, MetricsQuery()).series
        assert series.points[0][2] == 0.5
        [artifact] = (folder / ".jupyter-ml" / "artifacts").rglob("made.txt")
        assert artifact.read_text() == "x"
        assert list((folder / ".jupyter-ml" / "artifacts").rglob("output.ipynb"))
        workspace.jobs.delete(job.name)
        assert not artifact.exists()
    assert {each.name for each in (tmp_path / "here").iterdir()} == {name, unquote(name)}
    assert not unquoted or [each.name for each in unquoted.iterdir()] == ["1"]
    assert [each.name for each in tmp_path.iterdir()] == ["here"]
