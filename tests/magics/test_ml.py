# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import json
import os
import re

import IPython
import psutil
import pytest
from IPython.core.error import UsageError
from IPython.lib.pretty import pretty

from jupyter_ml.magics.extension import load, unload
from jupyter_ml.magics.ml import MLMagics
from jupyter_ml.schemas.names import NAMES
from jupyter_ml.schemas.plans import JobPlan
from jupyter_ml.schemas.workspace import ServerRecord
from jupyter_ml.services.jobs.handles import JobHandle
from jupyter_ml.services.jobs.tables import JobTable
from jupyter_ml.services.resources import ResourceTable
from jupyter_ml.services.servers import record_server
from tests.kinds import ENDPOINT
from tests.store.jobs import WHEN


@pytest.fixture
def run(shell):
    """Run code in the session and return its result."""

    def run(code: str):
        result = shell.run_cell(code)
        result.raise_error()
        return result.result

    return run


def test_lists_return_the_tables_of_the_python_api(run, add_job, workspace):
    add_job("good", metrics={"r2": 0.9}, parameters={"alpha": 1})
    add_job("bad", metrics={"r2": 0.1}, state="Failed")
    table = run("%ml jobs")
    assert isinstance(table, JobTable)
    assert [job.name for job in table] == ["bad", "good"] == [job.name for job in workspace.jobs.table()]
    assert [job.name for job in run("%ml jobs 'metrics.r2 > 0.5'")] == ["good"]
    assert [job.name for job in run("%ml jobs --state Failed --state Canceled")] == ["bad"]
    assert [job.name for job in run("%ml jobs --sort metrics.r2")] == ["good", "bad"]
    assert [job.name for job in run("%ml jobs --sort metrics.r2 --ascending --limit 1")] == ["bad"]
    assert isinstance(run("%ml experiments"), ResourceTable)
    with pytest.raises(UsageError, match="a filter that begins with a minus follows --, e"):
        run("%ml jobs -is:failed")
    assert [job.name for job in run("%ml jobs -- -is:failed")] != []


def test_a_dry_run_submits_nothing(run, add_job, workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text("print(1)\n")
    for code in ("%ml run train.py --dry-run", "%%ml job --dry-run\nprint(1)\n"):
        plan = run(code)
        assert isinstance(plan, JobPlan)
        assert pretty(plan).splitlines()[0].endswith("nothing was submitted")
    assert workspace.jobs.list().items == []


def test_the_packages_of_the_kernel_become_an_environment(run, workspace, capsys):
    with pytest.raises(UsageError, match="NAME"):
        run("%ml environment capture")
    with pytest.raises(UsageError, match="'build'"):
        run("%ml environment build mine")
    for version in ("1", "2"):
        [made] = run("%ml environment capture mine --description 'as it is'")
        assert (made.reference, made.description) == (f"mine:{version}", "as it is")
    assert f"ipython=={IPython.__version__}" in workspace.environments.get("mine:2").requirements
    assert ("Left out" in capsys.readouterr().out) == ("left_out" in made.properties)


def test_show_returns_the_handle_of_the_python_api(run, add_job):
    add_job("bold_otter", metrics={"r2": 0.9}, started_at=WHEN, ended_at=WHEN)
    job = run("job = %ml show bold_otter\njob")
    assert isinstance(job, JobHandle)
    assert job.metrics == {"r2": 0.9}
    assert repr(job) == "Job bold_otter · ● Completed after 0.0 s · r2 0.9"


def test_update_changes_a_job_and_returns_its_handle(run, add_job, workspace):
    add_job("a", tags={"old": "1"})
    before = workspace.jobs.get("a").revision
    handle = run("%ml update a --set display_name=Best --set tags.old=null --set starred=true")
    assert (handle.name, handle.job.display_name, handle.job.tags, handle.job.starred) == ("a", "Best", {}, True)
    assert handle.update(description="why").job.description == "why"
    assert workspace.jobs.get("a").revision == before + 2


def test_the_option_help_is_the_command_help(run, capsys):
    run("%ml help")
    listed = capsys.readouterr().out
    for line in ("%ml --help", "%ml -h", "%%ml --help\n1"):
        run(line)
        assert capsys.readouterr().out == listed
    run("%ml --help run")
    assert "--parameter" in capsys.readouterr().out


def test_help_lists_and_describes_commands(run, capsys):
    run("%ml")
    general = capsys.readouterr().out
    run("%ml help")
    assert capsys.readouterr().out == general
    assert "%%ml job" in general
    run("%ml run --help")
    detailed = capsys.readouterr().out
    assert "--experiment-name" in detailed
    run("%ml help run")
    assert capsys.readouterr().out == detailed


def test_the_descriptions_of_commands_begin_in_one_column(monkeypatch, capsys):
    monkeypatch.setattr("jupyter_ml.magics.ml.NAMES", (*NAMES, ENDPOINT.name))
    MLMagics(None).ml("help")
    lines = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    columns = {re.fullmatch(r"(%%?ml \S+ +)\S.*", line)[1] for line in lines}
    assert any("online-endpoints" in column for column in columns)
    assert len({len(column) for column in columns}) == 1


@pytest.mark.integration
def test_a_cell_becomes_a_job(run, workspace, tmp_path):
    (tmp_path / "model.py").write_text("def fit(): ...")
    before = sorted(path.name for path in tmp_path.iterdir())
    run("alpha = [1, 'a b']")
    job = run("%%ml job --name mine --tag a=b -p x={alpha}\nx")
    record = workspace.jobs.get("mine")
    assert isinstance(job, JobHandle)
    assert record.parameters == {"x": [1, "a b"]}
    assert record.tags == {"a": "b"}
    assert record.experiment_name == tmp_path.name
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    snapshot = workspace._context.layout.snapshots / record.snapshot
    assert (snapshot / "model.py").exists()
    (notebook,) = snapshot.glob("cell-*.ipynb")
    assert [cell["source"] for cell in json.loads(notebook.read_text())["cells"]] == ["x = None", "x"]


def test_unloading_removes_the_magics_and_the_completion(shell, error_line):
    unload(shell)
    assert "`%ml` not found" in error_line("%ml jobs")
    assert all(type(matcher).__name__ != "Completion" for matcher in shell.Completer.custom_matchers)
    unload(shell)


def test_mlflow_logs_into_the_workspace_unless_a_tracking_uri_is_set(shell, workspace, monkeypatch):
    assert os.environ["MLFLOW_TRACKING_URI"] == "sqlite:///mine.db"
    assert "_MLFLOW_SERVER_ARTIFACT_ROOT" not in os.environ
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    load(shell)
    assert os.environ["MLFLOW_TRACKING_URI"] == workspace.tracking_uri
    assert os.environ["_MLFLOW_SERVER_ARTIFACT_ROOT"] == str(workspace._context.layout.artifacts)
    load(shell)
    assert os.environ["MLFLOW_TRACKING_URI"] == workspace.tracking_uri
    unload(shell)
    assert "MLFLOW_TRACKING_URI" not in os.environ
    assert "_MLFLOW_SERVER_ARTIFACT_ROOT" not in os.environ


def test_a_broken_workspace_is_reported_on_load(shell, workspace, monkeypatch, capsys, error_line):
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    workspace._context.layout.settings.write_text("nmae: x")
    load(shell)
    assert "workspace.yml:1: nmae: unknown key (did you mean 'name'?)" in capsys.readouterr().err
    assert "unknown key" in error_line("%ml jobs")
    workspace._context.layout.settings.write_text("name: x")
    assert shell.run_cell("%ml jobs").success


def test_a_job_in_another_workspace_than_the_server_shows_is_noted(run, workspace, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    process = psutil.Process()
    values = {"pid": process.pid, "started": process.create_time(), "url": "http://host/", "root": str(tmp_path)}
    record_server(ServerRecord(**values, name="theirs", folder=str(tmp_path / "other")))
    (tmp_path / "script.sh").write_text("true\n")
    run("job = %ml run script.sh")
    out = capsys.readouterr().out
    assert str(workspace.folder) in out
    assert f"http://host/ shows theirs ({tmp_path / 'other'})" in out
    record_server(ServerRecord(**values, name="test", folder=str(workspace.folder)))
    run("job = %ml run script.sh")
    assert capsys.readouterr().out == ""
