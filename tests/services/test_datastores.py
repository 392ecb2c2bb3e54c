# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores are created and tested, and jobs read their files by name."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.datastores import DEFAULT_DATASTORES
from jupyter_ml.schemas.references import DatastorePath


@pytest.fixture
def quiet(workspace, monkeypatch):
    """Return a workspace without a supervisor."""
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    return workspace


@pytest.fixture
def lake(workspace, tmp_path):
    """Return the directory of a datastore."""
    directory = tmp_path / "lake"
    (directory / "sub").mkdir(parents=True)
    (directory / "sub" / "a b.csv").write_text("x\n")
    workspace.datastores.create({"name": "lake", "type": "local", "path": str(directory)})
    return directory


def test_every_workspace_has_datastores_that_are_one_directory(workspace):
    listed = workspace.datastores.list().items
    assert [(each.name, each.type, each.settings) for each in listed] == [
        (name, "local", {"path": None}) for name in sorted(DEFAULT_DATASTORES)
    ]
    assert not (workspace.folder / "data").exists()
    tests = [workspace.datastores.test(name) for name in DEFAULT_DATASTORES]
    assert {(test.location, test.writable) for test in tests} == {(str(workspace.folder / "data"), True)}
    for name in DEFAULT_DATASTORES:
        with pytest.raises(ConflictError, match=f"every workspace has the datastore '{name}'"):
            workspace.datastores.delete(name)
    assert len(workspace.datastores.list().items) == 3


def test_a_datastore_is_created_described_and_deleted(workspace, lake, monkeypatch):
    assert workspace.datastores.get("lake").settings == {"path": str(lake)}
    assert workspace.datastores.update("lake", {"description": "Water"}).description == "Water"
    monkeypatch.chdir(lake.parent)
    other = workspace.datastores.create({"name": "other", "type": "local", "path": "lake/../lake/sub"})
    assert other.location == str(lake / "sub")
    with pytest.raises(ConflictError, match="already a datastore 'lake'"):
        workspace.datastores.create({"name": "lake", "type": "local", "path": "lake"})
    workspace.datastores.delete("lake")
    assert (lake / "sub" / "a b.csv").exists()
    with pytest.raises(NotFoundError, match="there is no datastore 'lake'"):
        workspace.datastores.test("lake")


def test_credentials_stay_only_where_the_data_is_the_same(workspace):
    web = {"name": "web", "type": "http", "url": "https://example.org"}
    given = {"headers.Authorization": "Bearer correct-horse"}

    def saved(**more):
        workspace.datastores.create_or_update({**web, **more})
        assert len(workspace.vault.list()) == bool(workspace.datastores.get("web").credentials)
        return workspace.datastores.connection("web").credentials

    assert saved(credentials={"headers": {"Authorization": "Bearer correct-horse"}}) == given
    assert saved() == saved(description="Water") == given
    assert workspace.datastores.get("web").description == "Water"
    assert saved(url="https://example.com") == {}
    assert saved() == {}
    assert saved(credentials={"headers": {"Authorization": "Bearer correct-horse"}}) == given
    assert saved(credentials=None) == {}
    with pytest.raises(ConflictError, match="'workspaceblobstore': it is not replaced"):
        workspace.datastores.create_or_update({**web, "name": "workspaceblobstore"})


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"path": "nowhere"}, "nowhere is not a directory"),
        ({"path": "x" * 3_000}, "cannot be a path: File name too long"),
        ({"path": "~unknown-user/x"}, "path: '~unknown-user/x' cannot be a path"),
        ({"path": "s3://bucket"}, "path: 's3://bucket' is not a local path"),
        ({"path": ""}, "path: must not be empty"),
        ({"name": "a.b"}, "name: a name has letters"),
        ({"type": "s3"}, "path: unknown key\nbucket: this key is required"),
        ({"type": "azure_file"}, "type: 'azure_file' is not supported: mount the share, and write type: local"),
        ({"type": "hdfs"}, "type: 'hdfs' is not supported: mount it, and write type: local"),
        ({"type": "azure_data_lake_gen1"}, "type: 'azure_data_lake_gen1' is not supported: Azure has retired it"),
        ({"type": "disk"}, "type: 'disk' is not one of azure_blob, azure_data_lake_gen2, local, s3, gcs, sftp, http"),
        ({"type": None}, "type: this key is required: azure_blob"),
        ({"credentials": {"account_key": "x"}}, "credentials: unknown key"),
    ],
)
def test_what_cannot_be_a_datastore_is_refused(workspace, tmp_path, monkeypatch, spec, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInputError) as caught:
        workspace.datastores.create({"name": "a", "type": "local", "path": ".", **spec})
    assert message in str(caught.value)
    assert workspace.datastores.list().total == 3


def test_a_datastore_that_is_gone_is_reported(workspace, lake):
    lake.rename(lake.with_name("moved"))
    with pytest.raises(UnavailableError, match=f"datastore 'lake' cannot be read: {lake}: No such file"):
        workspace.datastores.test("lake")


def test_a_reference_is_a_path_in_the_directory(workspace, lake, tmp_path):
    resolve = workspace.datastores.resolve
    assert resolve(DatastorePath("lake", "sub/a b.csv")) == lake / "sub" / "a b.csv"
    assert resolve(DatastorePath("lake")) == lake
    assert resolve(DatastorePath("lake", "/sub/")) == lake / "sub"
    assert resolve(DatastorePath("workspaceblobstore", "x")) == workspace.folder / "data" / "x"
    (tmp_path / "secret").write_text("x")
    (lake / "out").symlink_to(tmp_path)
    (lake / "round").symlink_to(lake / "sub")
    assert resolve(DatastorePath("lake", "round/a b.csv")) == lake / "round" / "a b.csv"
    with pytest.raises(InvalidInputError, match="leads out of the datastore by a link"):
        resolve(DatastorePath("lake", "out/secret"))
    with pytest.raises(InvalidInputError, match="is in the registry 'r', and this is 'test'"):
        resolve(DatastorePath("lake", "x", "registries/r"))
    with pytest.raises(NotFoundError, match=r"there is no datastore 'lkae' \(did you mean 'lake'\?\)"):
        resolve(DatastorePath("lkae", "x"))


@pytest.mark.usefixtures("lake")
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("azureml://datastores/lkae/paths/x.csv", "there is no datastore 'lkae' (did you mean 'lake'?)"),
        ("azureml://datastores/lake/paths/x.csv", "lake/x.csv does not exist"),
        ("azureml://datastores/lake/paths/sub", "is not a uri_file; write type: uri_folder"),
        ("azureml://datastores/lake/paths/../x", "has '..'"),
        (f"azureml://datastores/lake/paths/{'x' * 300}", "File name too long"),
    ],
)
def test_an_input_that_is_not_in_the_datastore_is_refused(quiet, path, message):
    job = {"type": "command", "command": "cat ${{inputs.d}}", "inputs": {"d": {"type": "uri_file", "path": path}}}
    with pytest.raises(InvalidInputError) as caught:
        quiet.jobs.submit(job)
    assert message in str(caught.value)
    assert caught.value.field == "inputs.d.path"


def test_the_long_form_names_this_workspace(workspace, lake):
    here = DatastorePath("lake", "sub", "subscriptions/s/resourcegroups/g/workspaces/Test")
    assert workspace.datastores.resolve(here) == lake / "sub"
    with pytest.raises(InvalidInputError, match="is in the workspace 'other', and this is 'test'"):
        workspace.datastores.resolve(DatastorePath("lake", "x", "subscriptions/s/resourcegroups/g/workspaces/other"))


@pytest.mark.integration
def test_an_input_on_another_machine_is_read_by_the_job(quiet):
    quiet.datastores.create({"name": "far", "type": "s3", "bucket": "b"})
    data = {"type": "uri_file", "path": "azureml://datastores/far/paths/x.csv"}
    job = {"type": "command", "command": "cat ${{inputs.d}}", "inputs": {"d": data}}
    for mode in ("ro_mount", "direct"):
        data["mode"] = mode
        submitted = quiet.jobs.submit(job)
        assert submitted.spec.inputs["d"].path == submitted.inputs["d"].location == data["path"]


@pytest.mark.integration
def test_a_job_reads_a_file_of_a_datastore_by_name(quiet, lake, tmp_path):
    (tmp_path / "job.yml").write_text(
        "command: cat ${{inputs.d}}\ninputs:\n  d:\n    type: uri_file\n"
        "    path: azureml://datastores/lake/paths/sub/a b.csv\n"
    )
    job = quiet.jobs.submit(quiet.jobs.read(tmp_path / "job.yml"))
    assert job.inputs["d"].location == str(lake / "sub" / "a b.csv")
    (tmp_path / "job.yml").write_text((tmp_path / "job.yml").read_text().replace("/lake/", "/laek/"))
    with pytest.raises(InvalidInputError, match=r"inputs\.d\.path: there is no datastore 'laek'"):
        quiet.jobs.submit(quiet.jobs.read(tmp_path / "job.yml"))
