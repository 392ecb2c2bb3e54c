# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A reference that names another workspace is refused everywhere with what to do; one that names this one is used."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.job_spec import DataInput
from jupyter_ml.services.jobs.input_data import resolve_input

AZURE = "azureml://subscriptions/s/resourcegroups/g/providers/Microsoft.MachineLearningServices/workspaces"
HERE, OTHER = f"{AZURE}/Test", f"{AZURE}/Team-1"
PATH = "datastores/lake/paths/a.csv"


@pytest.fixture
def quiet(workspace, monkeypatch, tmp_path):
    """Return a workspace with a datastore and a data asset, without a supervisor."""
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "a.csv").write_text("x\n1\n")
    workspace.datastores.create({"name": "lake", "type": "local", "path": str(tmp_path / "lake")})
    workspace.data.create({"name": "titanic", "path": str(tmp_path / "lake" / "a.csv")})
    return workspace


PLACES = {
    "data": lambda workspace, path: workspace.data.create({"name": "a", "path": path}),
    "preview": lambda workspace, path: workspace.data.rows(path),
    "input": lambda workspace, path: resolve_input(workspace._context, DataInput(type="uri_file", path=path)),
    "model": lambda workspace, path: workspace.models.create({"name": "m", "path": path, "type": "custom_model"}),
    "path": lambda workspace, path: workspace.data.path(path),
    "read": lambda workspace, path: workspace.datastores.filesystem().cat_file(path),
}
ASSETS = {name: PLACES[name] for name in ("data", "preview", "input", "path")}
STARTS_NOTHING = {name: take for name, take in PLACES.items() if name != "preview"}


@pytest.mark.parametrize("place", PLACES)
def test_a_path_in_another_workspace_is_refused(quiet, place):
    with pytest.raises(InvalidInputError) as caught:
        PLACES[place](quiet, f"{OTHER}/{PATH}")
    assert "is in the workspace 'Team-1', and this is 'test': write azureml://datastores/lake/paths/" in str(
        caught.value
    )
    assert "create a datastore for the storage account" in str(caught.value)


@pytest.mark.parametrize("place", STARTS_NOTHING)
def test_a_path_that_names_this_workspace_is_used(quiet, place):
    PLACES[place](quiet, f"{HERE}/{PATH}")


@pytest.mark.integration
def test_an_output_in_another_workspace_is_refused(quiet):
    output = {"type": "uri_folder", "path": f"{OTHER}/datastores/lake/paths/out"}
    job = {"type": "command", "command": "true", "outputs": {"o": output}}
    with pytest.raises(InvalidInputError, match="is in the workspace 'Team-1', and this is 'test'"):
        quiet.jobs.submit(job)
    output["path"] = f"{HERE}/datastores/lake/paths/out"
    assert quiet.jobs.submit(job).name


@pytest.mark.parametrize("place", ASSETS)
def test_an_asset_of_another_workspace_is_refused(quiet, place):
    with pytest.raises(
        InvalidInputError, match="write azureml://data/titanic/versions/1 for the one of this workspace"
    ):
        ASSETS[place](quiet, f"{OTHER}/data/titanic/versions/1")
    if place in STARTS_NOTHING:
        ASSETS[place](quiet, f"{HERE}/data/titanic/versions/1")


@pytest.mark.parametrize("place", ["data", "input", "model"])
def test_an_output_of_a_job_of_another_workspace_is_refused(quiet, place):
    with pytest.raises(InvalidInputError, match="is in the workspace 'Team-1'"):
        PLACES[place](quiet, f"{OTHER}/jobs/j/outputs/o/paths/x")


def test_lineage_and_names_of_assets_are_of_this_workspace(quiet):
    assert quiet.lineage.get(f"{HERE}/data/titanic/versions/1").nodes
    for read in (quiet.lineage.get, quiet.data.get, quiet.environments.get):
        with pytest.raises(InvalidInputError, match="is in the workspace 'Team-1'"):
            read(f"{OTHER}/{'environments' if read == quiet.environments.get else 'data'}/titanic/versions/1")
    with pytest.raises(InvalidInputError, match="is in the registry 'r', and only this workspace is searched"):
        quiet.models.get("azureml://registries/r/models/m/versions/1")
