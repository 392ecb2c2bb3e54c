# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs read models."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import InvalidInputError
from tests.services.jobs.reading import command, ended, printed

if TYPE_CHECKING:
    from jupyter_ml.services.workspace import Workspace


@pytest.fixture
def quiet(workspace, monkeypatch):
    """Return a workspace without a supervisor, in which jobs are submitted without starting a process."""
    monkeypatch.setattr("jupyter_ml.services.jobs.types.base.git_state", lambda _: None)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    return workspace


MODEL_INPUTS: list[tuple[dict[str, str], str]] = [
    ({"path": "azureml:forest:1", "type": "custom_model"}, "1"),
    ({"path": "azureml:forest@latest", "type": "custom_model"}, "2"),
    ({"path": "azureml:forest", "type": "custom_model"}, "2"),
    ({"path": "azureml:forest@prod", "type": "custom_model"}, "1"),
    ({"path": "azureml://models/forest/versions/1"}, "1"),
    ({"path": "models:/forest/1"}, "1"),
    ({"path": "models:/forest@prod"}, "1"),
    ({"path": "models:/forest/2", "type": "custom_model"}, "2"),
]
NO_MODEL_INPUTS: list[tuple[dict[str, str], str]] = [
    ({"path": "azureml:forest:1", "type": "mlflow_model"}, "forest:1 is not a mlflow_model; write type: custom_model"),
    ({"path": "models:/forest/1", "type": "uri_folder"}, "forest:1 is not a uri_folder; write type: custom_model"),
    ({"path": "models:/forest/9"}, "has no version"),
    ({"path": "models:/none/1"}, "there is no model 'none"),
    ({"path": "models:/forest"}, "is no model: write models:/NAME/VERSION"),
    ({"path": "models:/m-0123456789abcdef"}, "there is no logged model"),
]


def test_a_registered_model_is_an_input(quiet, tmp_path):
    for number in (1, 2):
        (tmp_path / "forest.bin").write_text(f"trees {number}")
        quiet.models.create({"name": "forest", "path": str(tmp_path / "forest.bin"), "labels": ["prod"][number - 1 :]})
    for given, version in MODEL_INPUTS:
        job = quiet.jobs.submit(command(given))
        record = job.inputs["train"]
        assert (record.kind, record.reference) == ("models", f"azureml:forest:{version}"), given
        assert (record.type, record.files, record.bytes) == ("custom_model", 1, 7)
        assert (Path(record.location) / "forest.bin").read_text() == f"trees {version}"
    for given, message in NO_MODEL_INPUTS:
        with pytest.raises(InvalidInputError, match=message) as caught:
            quiet.jobs.submit(command(given))
        assert caught.value.field == "inputs.train.path"
    newest = quiet.jobs.submit(command({"path": "azureml://models/forest/labels/latest"}))
    quiet.models.create({"name": "forest", "path": str(tmp_path / "forest.bin")})
    assert quiet.jobs.rerun(newest.name, snapshot=True).inputs["train"].reference == "azureml:forest:2"
    assert quiet.jobs.rerun(newest.name).inputs["train"].reference == "azureml:forest:3"


def test_a_model_whose_files_have_changed_is_found(quiet, tmp_path):
    (tmp_path / "forest").mkdir()
    (tmp_path / "forest" / "trees").write_text("trees 1")
    model = quiet.models.create({"name": "forest", "path": str(tmp_path / "forest")})
    spec = command({"path": "models:/forest/1"})

    def planned() -> tuple[str | None, str]:
        record = quiet.jobs.plan(spec).inputs["train"]
        return record.state, record.detail

    assert planned() == ("unchanged", "")
    stored = quiet.folder / "artifacts" / "registered-models" / str(model.digest) / "trees"
    stored.chmod(0o644)
    stored.write_text("trees 2")
    assert planned() == ("changed", "other content")
    stored.write_text("trees")
    assert planned() == ("changed", "5 bytes instead of 7")


def test_a_model_whose_files_are_gone_is_refused(quiet, tmp_path):
    (tmp_path / "forest.bin").write_text("trees")
    quiet.models.create({"name": "forest", "path": str(tmp_path / "forest.bin")})
    shutil.rmtree(quiet.folder / "artifacts" / "registered-models")
    with pytest.raises(InvalidInputError, match="the files of model forest:1 are gone: there is no directory"):
        quiet.jobs.submit(command({"path": "models:/forest/1"}))


def test_a_job_reads_a_registered_model(shared: Workspace, tmp_path):
    (tmp_path / "MLmodel").write_text("flavors: {python_function: {}}\n")
    shared.models.create({"name": "read-model", "path": str(tmp_path)})
    job = ended(shared, command({"path": "models:/read-model/1"}, "cat ${{inputs.train}}/MLmodel"))
    assert "python_function" in printed(shared, job)
    assert (job.inputs["train"].kind, job.inputs["train"].type) == ("models", "mlflow_model")
    assert job.inputs["train"].state == "unchanged"
    shared.models.delete("read-model")
