# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A plan shows what a job would read and register, and submits nothing."""

from __future__ import annotations

import pytest

from jupyter_ml.cli.app import run
from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.plans import plan_text
from tests.storage_servers import CSV

YAML = """
command: cat ${{inputs.train}} > ${{outputs.clean}}/a.csv
experiment_name: plans
inputs:
  alpha: 0.5
  train: azureml:titanic@latest
outputs:
  clean: {name: clean-data}
  model: {type: mlflow_model, name: forest, version: "3"}
  report: {type: uri_file}
"""


@pytest.fixture
def quiet(workspace, monkeypatch):
    """Return a workspace whose supervisor must not be started."""

    def ensure(_):
        raise AssertionError("a plan has started the supervisor")

    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", ensure)
    return workspace


@pytest.fixture
def titanic(quiet, tmp_path):
    """Register a file and a job that reads it; return the file."""
    path = tmp_path / "titanic.csv"
    path.write_text(CSV)
    quiet.data.create({"name": "titanic", "path": str(path)})
    (tmp_path / "job.yml").write_text(YAML)
    return path


def test_a_plan_shows_versions_sizes_and_changes(quiet, titanic, tmp_path):
    plan = quiet.jobs.plan_yaml(tmp_path / "job.yml")
    train = plan.inputs["train"]
    assert (train.kind, train.reference, train.location) == ("data", "azureml:titanic:1", str(titanic))
    assert (train.state, train.files, train.bytes, train.cached) == ("unchanged", 1, len(CSV), None)
    assert (plan.type, plan.compute, plan.experiment_name) == ("command", "local", "plans")
    assert plan.parameters["alpha"] == 0.5
    outputs = {name: (each.kind, each.reference) for name, each in plan.outputs.items()}
    clean, model = ("data", "azureml:clean-data"), ("models", "azureml:forest:3")
    assert outputs == {"clean": clean, "model": model, "report": (None, None)}
    titanic.write_text(CSV + "1,2\n")
    changed = quiet.jobs.plan_yaml(tmp_path / "job.yml").inputs["train"]
    assert (changed.state, changed.detail) == ("changed", f"{len(CSV) + 4:,} bytes instead of {len(CSV):,}")
    titanic.rename(tmp_path / "other.csv")
    with pytest.raises(InvalidInputError, match="no version '2'"):
        quiet.jobs.plan_yaml(tmp_path / "job.yml", typed={"inputs.train": "azureml:titanic:2"})
    assert quiet.jobs.plan_yaml(tmp_path / "job.yml").inputs["train"].state == "missing"
    assert quiet.jobs.counts() == {}


def test_a_plan_shows_whether_the_environment_is_installed(quiet, monkeypatch):
    job = {"type": "command", "command": "echo", "experiment_name": "plans"}
    assert quiet.jobs.plan(job).environment is None
    assert "environment: that of this Python" in plan_text(quiet.jobs.plan(job))
    job["environment"] = {"requirements": ["six==1.17.0"]}
    planned = quiet.jobs.plan(job)
    assert planned.environment.state == "not_built"
    assert "environment: of the job (would be installed first)" in plan_text(planned)
    places = Installations(quiet.folder / "environments")
    program = places.path(planned.environment.identity) / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.touch()
    places.write_note(places.path(planned.environment.identity), python="3.11.2")
    assert "environment: of the job (installed)" in plan_text(quiet.jobs.plan(job))


def test_a_plan_of_a_rerun_and_of_a_cell(quiet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    monkeypatch.setattr("jupyter_ml.services.jobs.listing.IMPORT_TIMEOUT_S", 0.0)  # nothing imports runs
    command = {"type": "command", "command": "echo ${{inputs.alpha}}", "experiment_name": "plans"}
    first = quiet.jobs.submit({**command, "inputs": {"alpha": 0.5}})
    assert quiet.jobs.plan_rerun(first.name, typed={"alpha": "0.7"}).parameters == {"alpha": 0.7}
    cell = quiet.jobs.plan_cell("print(1)", tags={"a": "b"})
    assert (cell.type, cell.inputs) == ("notebook", {})
    assert [job.name for job in quiet.jobs.list().items] == [first.name]
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(quiet.folder))
    assert run(["job", "rerun", first.name, "--dry-run"]) == 0
    assert [job.name for job in quiet.jobs.list().items] == [first.name]


def test_a_plan_names_the_input_that_cannot_be_read(quiet):
    quiet.datastores.create({"name": "web", "type": "http", "url": "http://127.0.0.1:9"})
    path = "azureml://datastores/web/paths/a.csv"
    job = {"type": "command", "command": "cat ${{inputs.a}}", "inputs": {"a": {"path": path, "type": "uri_file"}}}
    with pytest.raises(UnavailableError, match=r"inputs\.a\.path: .*a\.csv cannot be read: the server does not answer"):
        quiet.jobs.plan(job)
    direct = {**job, "inputs": {"a": {"path": "azureml://datastores/none/paths/a", "type": "uri_file"}}}
    with pytest.raises(InvalidInputError, match="there is no datastore 'none'"):
        quiet.jobs.plan(direct)


def test_the_command_line_shows_a_plan(quiet, titanic, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(quiet.folder))
    assert run(["job", "create", "--file", str(tmp_path / "job.yml"), "--dry-run"]) == 0
    shown = capsys.readouterr()
    for text in ("azureml:titanic:1", "unchanged", "on this machine", "data: azureml:clean-data", "alpha=0.5"):
        assert text in shown.out
    assert "Nothing was submitted" in shown.err
    (tmp_path / "train.sh").write_text("echo\n")
    assert run(["run", str(tmp_path / "train.sh"), "--dry-run", "--output", "json"]) == 0
    assert '"experiment_name"' in capsys.readouterr().out
    assert quiet.jobs.counts() == {}
