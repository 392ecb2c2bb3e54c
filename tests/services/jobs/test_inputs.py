# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs read data by name: it is resolved when they are submitted, and checked and downloaded when they start."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.states import JobState
from tests.storage_servers import CSV, FILES
from tests.workspaces import write_notebook

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.workspace import Workspace

READ = "cat ${{inputs.train}}; echo; echo got=${{inputs.train}}"


@pytest.fixture
def quiet(workspace, monkeypatch):
    """Return a workspace without a supervisor, in which jobs are submitted without starting a process."""
    monkeypatch.setattr("jupyter_ml.services.jobs.types.base.git_state", lambda _: None)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    return workspace


@pytest.fixture
def lake(shared, storage_server):
    """Return the name of a datastore on each of the servers."""
    name = f"lake_{storage_server.spec['type']}"
    shared.datastores.create({"name": name, **storage_server.spec})
    yield name
    shared.data.prune_cache()
    shared.datastores.delete(name)


def command(train: Any, text: str = READ) -> dict[str, Any]:
    return {"type": "command", "command": text, "inputs": {"train": train}}


def printed(workspace: Workspace, job: Job) -> str:
    return (workspace.folder / "jobs" / job.name / str(job.attempt) / "std_log.txt").read_text()


def ended(workspace: Workspace, job: dict[str, Any], state: JobState = JobState.COMPLETED) -> Job:
    found = workspace.jobs.wait(workspace.jobs.submit(job).name)
    assert found.state is state, (found.cause, printed(workspace, found))
    return found


def test_a_reference_is_pinned_when_a_job_is_submitted(quiet, tmp_path):
    for number in (1, 2):
        (tmp_path / f"{number}.csv").write_text(CSV)
        quiet.data.create({"name": "titanic", "path": str(tmp_path / f"{number}.csv"), "labels": [f"l{number}"]})
    references = {
        "azureml:titanic@latest": 2,
        "azureml:titanic:1": 1,
        "azureml:titanic@l1": 1,
        "azureml://data/titanic/versions/1": 1,
        "azureml://data/titanic/labels/latest": 2,
    }
    for reference, version in references.items():
        for given in (reference, {"path": reference}, {"path": reference, "type": "uri_file"}):
            job = quiet.jobs.submit(command(given))
            assert job.spec.inputs["train"].path == reference
            record = quiet.jobs.get(job.name).inputs["train"]
            found = (record.kind, record.reference, record.type, record.location)
            assert found == ("data", f"azureml:titanic:{version}", "uri_file", str(tmp_path / f"{version}.csv"))


def test_the_snapshot_is_run_again_with_the_version_that_the_job_has_read(quiet, tmp_path):
    for number in (1, 2, 3):
        (tmp_path / f"{number}.csv").write_text(CSV)
    quiet.data.create({"name": "titanic", "path": str(tmp_path / "1.csv")})
    job = quiet.jobs.submit(command("azureml:titanic@latest"))
    quiet.data.create({"name": "titanic", "path": str(tmp_path / "2.csv")})

    def read(again: Job) -> str:
        return quiet.jobs.get(again.name).inputs["train"].reference

    again = quiet.jobs.rerun(job.name, snapshot=True)
    assert (read(again), again.spec.inputs["train"].path) == ("azureml:titanic:1", "azureml:titanic@latest")
    assert again.parameters == job.parameters
    assert read(quiet.jobs.rerun(again.name, snapshot=True)) == "azureml:titanic:1"
    assert read(quiet.jobs.submit(command("azureml:titanic@latest"), rerun_of=job.name)) == "azureml:titanic:1"
    assert read(quiet.jobs.rerun(job.name)) == "azureml:titanic:2"
    other = command({"path": str(tmp_path / "3.csv"), "type": "uri_file"})
    assert read(quiet.jobs.submit(other, rerun_of=job.name)) == str(tmp_path / "3.csv")
    quiet.data.delete("titanic:1")
    with pytest.raises(InvalidInputError, match=r"inputs\.train\.path: .*titanic.* has no version '1'"):
        quiet.jobs.rerun(job.name, snapshot=True)


def test_a_short_input_of_a_yaml_file_stays_a_reference(quiet, tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    quiet.data.create({"name": "titanic", "version": "1.10", "path": str(tmp_path / "a.csv")})
    (tmp_path / "job.yml").write_text("command: cat ${{inputs.train}}\ninputs:\n  train: azureml:titanic:1.10\n")
    job = quiet.jobs.submit_yaml(tmp_path / "job.yml")
    assert quiet.jobs.get(job.name).inputs["train"].reference == "azureml:titanic:1.10"
    (tmp_path / "job.yml").write_text("command: cat ${{inputs.train}}\ninputs:\n  train: azureml:titanik:1\n")
    with pytest.raises(InvalidInputError, match=r"job.yml:3: inputs\.train\.path: .*titanik.*did you mean 'titanic'"):
        quiet.jobs.submit_yaml(tmp_path / "job.yml")


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"path": "azureml:titanic:9"}, "has no version '9'"),
    ({"path": "azureml:titanic:1", "type": "uri_folder"}, "titanic:1 is not a uri_folder; write type: uri_file"),
    ({"path": "azureml://registries/r/data/titanic/versions/1"}, "is in the registry 'r', and this is "),
    ({"path": "azureml://environments/e/versions/1"}, "is one of the environments, which cannot be an input"),
    ({"path": "azureml://datastores/none/paths/x"}, "there is no datastore 'none'"),
    ({"path": "azureml://jobs/none/outputs/o"}, "none"),
    ({"path": "adl://a/b"}, "Azure has retired Data Lake Storage Gen1"),
    ({"path": "abc://a/b"}, "cannot be read: data is at https://"),
    ({"path": "sftp://host/a.csv"}, "needs an account: create a datastore"),
    ({"path": "wasbs://a/b"}, r"write wasbs://CONTAINER@ACCOUNT\.blob"),
    ({"path": "https://host/a.csv?sig=abc"}, "has a secret"),
    ({"path": "data.csv", "type": "mltable"}, "is not a mltable; write type: uri_file"),
    ({"path": ".", "type": "mltable"}, "it has no file 'MLTable'"),
    ({"path": ".", "type": "mlflow_model"}, "it has no file 'MLmodel'"),
    ({"path": "data.csv"}, "data.csv is not a uri_folder; write type: uri_file"),
    ({"path": "x" * 300, "type": "uri_file"}, "cannot be a path: File name too long"),
]


def test_an_input_that_cannot_be_read_is_refused(quiet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text(CSV)
    quiet.data.create({"name": "titanic", "path": "data.csv"})
    for given, message in REFUSED:
        with pytest.raises(InvalidInputError, match=message) as caught:
            quiet.jobs.submit(command(given))
        assert caught.value.field == "inputs.train.path"
    assert quiet.jobs.list().total == 0


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


def test_a_url_in_a_datastore_is_read_as_that(quiet, tmp_path):
    spec = {"name": "lake", "type": "s3", "bucket": "lake", "prefix": "data"}
    quiet.datastores.create(spec)
    quiet.datastores.create({**spec, "name": "deep", "prefix": "data/deep"})
    quiet.datastores.create({"name": "web", "type": "http", "url": "https://example.org/d"})
    quiet.datastores.create({"name": "blob", "type": "azure_blob", "account_name": "acc", "container_name": "c"})
    for url, location in {
        "s3://lake/data/a b.csv": "azureml://datastores/lake/paths/a b.csv",
        "s3://lake/data/deep/a.csv": "azureml://datastores/deep/paths/a.csv",
        "s3://lake/other/a.csv": "s3://lake/other/a.csv",
        "s3://lake/database/a.csv": "s3://lake/database/a.csv",
        "https://example.org/d/e/a.csv": "azureml://datastores/web/paths/e/a.csv",
        "https://example.org/de/a.csv": "https://example.org/de/a.csv",
        "wasbs://c@acc.blob.core.windows.net/a.csv": "azureml://datastores/blob/paths/a.csv",
        "wasbs://acc.blob.core.windows.net/c/a.csv": "azureml://datastores/blob/paths/a.csv",
        "https://acc.blob.core.windows.net/c/a.csv": "azureml://datastores/blob/paths/a.csv",
        "abfss://c@acc.dfs.core.windows.net/a.csv": "abfss://c@acc.dfs.core.windows.net/a.csv",
    }.items():
        job = quiet.jobs.submit(command({"path": url, "type": "uri_file"}))
        assert (job.inputs["train"].reference, job.inputs["train"].location) == (url, location)


@pytest.mark.integration
def test_data_of_a_server_is_downloaded_once(shared: Workspace, lake, tmp_path):
    top, file_name, folder_name = f"azureml://datastores/{lake}/paths", f"{lake}-file", f"{lake}-folder"
    file = shared.data.create({"name": file_name, "path": f"{top}/titanic.csv", "type": "uri_file"})
    folder = shared.data.create({"name": folder_name, "path": f"{top}/year=2026", "type": "uri_folder"})
    assert (file.fingerprint.bytes, folder.type, folder.fingerprint.files) == (len(CSV), "uri_folder", 1)
    assert shared.data.check(file_name).state == "unchanged"
    inputs = {"train": f"azureml:{file_name}:1", "all": f"azureml:{folder_name}@latest"}
    text = 'cat ${{inputs.train}}; cat ${{inputs.all}}/"b c.csv"; echo ${{inputs.train}}'
    job = {**command("", text), "inputs": inputs}
    planned = shared.jobs.plan(job).inputs["all"]
    assert (planned.state, planned.files, planned.bytes, planned.cached) == ("unchanged", 1, len(CSV), False)
    first, second = ended(shared, job), ended(shared, job)
    assert [each.cached for each in shared.jobs.plan(job).inputs.values()] == [True, True]
    direct = {**job, "inputs": {**inputs, "all": {"path": inputs["all"], "mode": "direct"}}}
    assert shared.jobs.plan(direct).inputs["all"].cached is None
    assert f"{CSV}{CSV}" in printed(shared, first)
    assert "/inputs/train/titanic.csv" in printed(shared, first)
    assert "1 file, 12 bytes downloaded" in printed(shared, first)
    assert "was downloaded before" in printed(shared, second)
    found = [(each.inputs["train"].state, each.inputs["train"].cached) for each in (first, second)]
    assert found == [("unchanged", False), ("unchanged", True)]
    assert not (shared.folder / "jobs" / second.name / "1" / "inputs").exists()
    entries = shared.data.cache().items
    assert {each.location for each in entries} == {file.path, folder.path}
    assert not any(each.in_use for each in entries)
    write_notebook(tmp_path / "a.ipynb", "print(open(path).read())\nprint(path)", parameters="path = ''")
    notebook = {
        "type": "notebook",
        "notebook": str(tmp_path / "a.ipynb"),
        "inputs": {"train": f"azureml:{file_name}:1"},
    }
    done = ended(shared, {**notebook, "parameters": {"path": "${{inputs.train}}"}})
    output = json.loads((shared.folder / "jobs" / done.name / "1" / "output.ipynb").read_text())
    assert CSV in json.dumps(output).replace("\\\\n", "\n").replace("\\n", "\n")
    assert done.parameters["path"] == f"azureml:{file_name}:1"
    assert len(shared.data.prune_cache().items) == 2
    assert shared.data.cache().items == []


@pytest.mark.integration
def test_a_change_behind_a_version_warns_or_fails(shared: Workspace, tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    shared.data.create({"name": "titanic", "path": str(tmp_path / "a.csv")})
    (tmp_path / "a.csv").write_text(CSV + "5,6\n")
    warned = ended(shared, command("azureml:titanic:1"))
    message = "Input train: azureml:titanic:1 has changed since it was registered: 16 bytes instead of 12."
    assert [each.message for each in warned.warnings] == [message]
    assert (warned.inputs["train"].state, warned.inputs["train"].detail) == ("changed", "16 bytes instead of 12")
    [edge] = shared.lineage.get(warned.name).edges
    assert (edge.source, edge.role, edge.label) == ("data:titanic:1", "input", "train")
    failed = ended(shared, command({"path": "azureml:titanic:1", "on_change": "fail"}), JobState.FAILED)
    assert (failed.cause.kind, failed.cause.message) == (CauseKind.INPUT, message)
    (tmp_path / "a.csv").unlink()
    gone = ended(shared, command("azureml:titanic:1"), JobState.FAILED)
    assert "azureml:titanic:1 is gone" in gone.cause.message


@pytest.mark.integration
def test_a_server_that_refuses_fails_the_job_without_its_secret(shared: Workspace, lake, storage_server):
    shared.datastores.update(lake, {"credentials": storage_server.wrong()["credentials"]})
    data = {"path": f"azureml://datastores/{lake}/paths/titanic.csv", "type": "uri_file"}
    failed = ended(shared, command(data), JobState.FAILED)
    assert failed.cause.kind is CauseKind.INPUT
    assert "cannot be read" in failed.cause.message
    assert "wrong-" not in str(failed)
    missing = {**data, "path": f"azureml://datastores/{lake}/paths/none.csv"}
    shared.datastores.update(lake, {"credentials": storage_server.spec["credentials"]})
    failed = ended(shared, command(missing), JobState.FAILED)
    assert "none.csv does not exist" in failed.cause.message
    direct = ended(shared, command({**data, "mode": "direct"}, "echo ${{inputs.train}}"))
    assert data["path"] in printed(shared, direct)
    assert {*FILES} >= {"titanic.csv"}
