# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Inputs of jobs are checked and downloaded when they start."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.states import JobState
from tests.services.jobs.reading import command, ended, printed
from tests.storage_servers import CSV, FILES
from tests.workspaces import write_notebook

if TYPE_CHECKING:
    from jupyter_ml.services.workspace import Workspace


@pytest.fixture
def lake(shared, storage_server):
    """Return the name of a datastore on each of the servers."""
    name = f"lake_{storage_server.spec['type']}"
    shared.datastores.create({"name": name, **storage_server.spec})
    yield name
    shared.data.prune_cache()
    shared.datastores.delete(name)


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
