# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Outputs of jobs are written to datastores, and registered as data assets and models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.assets import AssetSource
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.job_spec import OutputSpec
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.validation import validated

if TYPE_CHECKING:
    from jupyter_ml.services.workspace import Workspace


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"path": "data"}, "'data' is not a path in a datastore"),
        ({"path": "azureml://datastores/lake"}, "is not a path in a datastore"),
        ({"path": "https://host/a"}, "is not a path in a datastore"),
        ({"version": "1"}, "needs a name"),
        ({"mode": "direct"}, "'direct' needs a path in a datastore"),
        ({"name": "a/b"}, "name"),
    ],
)
def test_what_cannot_be_an_output(given, message):
    with pytest.raises(InvalidInputError, match=message):
        validated(OutputSpec, given)


@pytest.mark.integration
def test_outputs_are_registered_and_written(shared: Workspace, s3_server):
    shared.datastores.create({"name": "out_s3", **s3_server.spec, "prefix": "written"})
    command = (
        "echo 1 > ${{outputs.clean}}/a.csv; echo 2 > ${{outputs.model}}/m.txt; echo 3 > ${{outputs.far}}; "
        "echo ${{outputs.uri}}"
    )
    far = "azureml://datastores/out_s3/paths/results/far.txt"
    outputs = {
        "clean": {"name": "clean-data"},
        "model": {"name": "my-model", "type": "custom_model"},
        "far": {"type": "uri_file", "path": far, "name": "far"},
        "uri": {"path": "azureml://datastores/out_s3/paths/results/uri", "mode": "direct"},
    }
    job = {"type": "command", "command": command, "outputs": outputs}
    done = shared.jobs.wait(shared.jobs.submit(job).name)
    assert (done.state, done.warnings) == (JobState.COMPLETED, []), done.cause
    found = {name: (each.kind, each.reference) for name, each in done.outputs.items()}
    assert found == {
        "clean": ("data", "azureml:clean-data:1"),
        "model": ("models", "azureml:my-model:1"),
        "far": ("data", "azureml:far:1"),
        "uri": (None, outputs["uri"]["path"]),
    }
    created = {(edge.target, edge.role, edge.label) for edge in shared.lineage.get(done.name).edges}
    assert created == {
        ("data:clean-data:1", "output", "clean"),
        ("data:far:1", "output", "far"),
        ("model:my-model:1", "output", "model"),
    }
    clean = shared.data.get("clean-data")
    assert clean.source == AssetSource(job=done.name)
    assert (shared.data.path("azureml:clean-data:1") / "a.csv").read_text() == "1\n"
    assert shared.datastores.filesystem().cat_file(far) == b"3\n"
    assert shared.data.check("far").state == "unchanged"
    job["outputs"]["clean"]["version"] = "1"
    with pytest.raises(InvalidInputError, match=r"outputs\.clean: there is already clean-data:1"):
        shared.jobs.submit(job)
    shared.jobs.delete(done.name)
    assert shared.data.check("clean-data").state == "unchanged"  # its files do not belong to the job


@pytest.mark.integration
def test_an_output_that_cannot_be_written_fails_the_job(shared: Workspace, s3_server):
    shared.datastores.create({"name": "out_wrong", **s3_server.wrong()})
    path = "azureml://datastores/out_wrong/paths/x.txt"
    outputs = {"far": {"type": "uri_file", "path": path, "name": "never"}}
    job = {"type": "command", "command": "echo 3 > ${{outputs.far}}", "outputs": outputs}
    failed = shared.jobs.wait(shared.jobs.submit(job).name)
    assert (failed.state, failed.cause.kind) == (JobState.FAILED, CauseKind.OUTPUT)
    assert s3_server.wrong()["credentials"]["secret"] not in str(failed)
    assert failed.outputs == {}
    assert shared.data.list({"filter": "never"}).total == 0
