# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data assets are registered by reference, checked and read."""

from __future__ import annotations

import os

import pytest

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.services.workspace import Workspace


@pytest.fixture
def table(tmp_path):
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "titanic.csv"
    file.write_text("name,age\nAllen,29\nAllison,1\n")
    return file


def test_a_file_and_a_directory_are_registered(workspace, table):
    first = workspace.data.create({"name": "titanic", "path": str(table), "tags": {"team": "a"}})
    assert (first.version, first.type, first.path, first.fingerprint.files) == ("1", "uri_file", str(table), 1)
    second = workspace.data.create({"name": "titanic", "path": str(table.parent)})
    assert (second.version, second.type) == ("2", "uri_folder")
    assert workspace.data.path("azureml:titanic:1") == table
    assert workspace.data.path("azureml:titanic@latest") == table.parent
    assert workspace.data.path("azureml://data/titanic/versions/1") == table
    assert [each.name for each in workspace.data.list().items] == ["titanic"]


def test_a_path_in_a_datastore(workspace, table):
    workspace.datastores.create({"name": "lake", "type": "local", "path": str(table.parent)})
    found = workspace.data.create({"name": "titanic", "path": "azureml://datastores/lake/paths/titanic.csv"})
    assert found.path == "azureml://datastores/lake/paths/titanic.csv"
    assert workspace.data.path("azureml:titanic:1") == table
    assert workspace.data.check("titanic").state == "unchanged"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"path": "none.csv"}, "path: .*none.csv does not exist"),
        ({"path": "titanic.csv", "type": "uri_folder"}, "not a uri_folder; write type: uri_file"),
        ({"path": "adl://account/key"}, "Azure has retired"),
        ({"path": "azureml://datastores/none/paths/x"}, "path: .*none"),
        ({"path": "titanic.csv", "name": "a/b"}, "name"),
    ],
)
def test_what_cannot_be_registered(workspace, table, monkeypatch, fields, message):
    monkeypatch.chdir(table.parent)
    with pytest.raises(InvalidInputError, match=message):
        workspace.data.create({"name": "titanic", **fields})
    assert workspace.data.list().items == []


def test_changes_behind_a_version_are_found(workspace, table):
    workspace.data.create({"name": "titanic", "path": str(table)})
    workspace.data.create({"name": "folder", "path": str(table.parent)})
    os.utime(table, ns=(1, 1))  # a new time is no change of the content
    assert workspace.data.check("titanic").state == "unchanged"
    assert workspace.data.check("folder").state == "changed"  # of a directory, times are all that is known
    content = table.read_text()
    table.write_text(content.replace("29", "30"))
    assert (workspace.data.check("titanic").state, workspace.data.check("titanic").detail) == (
        "changed",
        "other content",
    )
    table.write_text(content + "Andrews,39\n")
    assert workspace.data.check("titanic").detail == "39 bytes instead of 28"
    (table.parent / "more.csv").write_text("")
    assert workspace.data.check("folder").detail == "2 files instead of 1, 39 bytes instead of 28"
    table.unlink()
    assert workspace.data.check("titanic").state == "missing"


@pytest.mark.integration
def test_rows_and_profiles(workspace, table):
    workspace.data.create({"name": "titanic", "path": str(table)})
    assert workspace.data.rows("azureml:titanic:1", offset=1).rows == [["Allison", 1]]
    assert workspace.data.rows(str(table)).total == 2
    profile = workspace.data.profile("azureml:titanic@latest")
    assert (profile.rows, profile.columns[1].maximum) == (2, 29)
    workspace.data.close()
    assert workspace.data.profile(str(table)) == profile  # stored
    table.write_text("name,age\nAllen,30\n")
    assert workspace.data.profile(str(table)).columns[1].maximum == 30
    (stored, *_) = (workspace.folder / "profiles").iterdir()
    assert stored.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotFoundError):
        workspace.data.rows("azureml:none:1")
    with pytest.raises(InvalidInputError, match="limit"):
        workspace.data.rows(str(table), limit=100_000)
    with pytest.raises(InvalidInputError, match="one of the models"):
        workspace.data.rows("azureml://models/m/versions/1")


def test_a_directory_with_an_mltable_file(workspace, table):
    file = table.parent / "MLTable"
    file.write_text("paths:\n- file: titanic.csv\ntransformations:\n- read_delimitd\n")
    with pytest.raises(InvalidInputError, match=r"MLTable:4: transformations\.0\.read_delimitd: unknown key \(did you"):
        workspace.data.create({"name": "titanic", "path": str(table.parent)})
    assert workspace.data.create({"name": "titanic", "path": str(table.parent), "type": "uri_folder"}).version == "1"
    file.write_text("paths:\n- file: titanic.csv\ntransformations:\n- read_delimited\n- take: 1\n")
    created = workspace.data.create({"name": "titanic", "path": str(table.parent)})
    assert (created.type, created.fingerprint.files) == ("mltable", 2)
    file.write_bytes(b"#" * 300_000)
    with pytest.raises(InvalidInputError, match="bytes, which an MLTable file may have"):
        workspace.data.create({"name": "titanic", "path": str(table.parent)})


@pytest.mark.integration
def test_an_mltable_is_shown_and_profiled(workspace, table, tmp_path):
    (table.parent / "MLTable").write_text(
        'paths:\n- file: titanic.csv\ntransformations:\n- read_delimited\n- filter: col("age") > 10\n'
    )
    workspace.data.create({"name": "titanic", "path": str(table.parent)})
    assert workspace.data.rows("azureml:titanic:1").rows == [["Allen", 29]]
    for path in (table.parent, table.parent / "MLTable"):
        assert workspace.data.profile(str(path)).rows == 1
    table.write_text("name,age\nAllen,29\nAllison,11\n")
    workspace.data.close()
    for path in ("azureml:titanic:1", str(table.parent / "MLTable")):
        assert workspace.data.profile(path).rows == 2  # the stored one was of other files
    (tmp_path / "other.csv").write_text("a\n1\n")
    workspace.data.close()  # the files of a directory are listed again after a few seconds
    (table.parent / "MLTable").write_text(f"paths:\n- file: {tmp_path}/other.csv\n")
    assert workspace.data.rows(str(table.parent)).rows == [[1]]
    with pytest.raises(InvalidInputError, match="is outside of the directories that can be read here"):
        workspace.data.rows("/", root=table.parent)


def test_the_content_of_a_version_is_not_replaced(workspace, table):
    spec = {"name": "titanic", "version": "1", "path": str(table)}
    workspace.data.create(spec)
    with pytest.raises(InvalidInputError, match="data have no operation 'create_or_update'"):
        workspace.data.create_or_update(spec)
    with pytest.raises(InvalidInputError, match="datastores have no operation 'archive'"):
        workspace.datastores.archive("workspaceblobstore")


def test_a_workspace_that_reads_no_data_opens_no_database_when_it_is_closed(workspace, tmp_path):
    with Workspace.open(workspace.folder) as opened:
        pass
    assert "store" not in vars(opened._context)
