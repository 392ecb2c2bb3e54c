# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores on the command line."""

from __future__ import annotations

import json

import pytest

from jupyter_ml.cli.app import run


@pytest.fixture
def ml(workspace, monkeypatch, capsys):
    """Run a command for datastores in the workspace and return its output."""
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(workspace.folder))

    def ml(*arguments, code=0):
        assert run(["datastore", *arguments]) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return out + err

    return ml


def test_a_datastore_is_created_from_a_file_listed_tested_and_deleted(ml, tmp_path):
    (tmp_path / "project" / "lake").mkdir(parents=True)
    file = tmp_path / "project" / "lake.yml"
    file.write_text("$schema: https://example.org/x.json\nname: lake\ntype: local\npath: lake\n")
    assert ml("create", "-f", str(file)) == "lake: created\n"
    assert json.loads(ml("show", "lake", "-o", "json"))["settings"] == {"path": str(tmp_path / "project" / "lake")}
    assert "workspaceblobstore" in ml("list")
    assert ml("test", "lake") == f"lake: readable, writable ({tmp_path / 'project' / 'lake'})\n"
    assert json.loads(ml("test", "lake", "-o", "json"))["writable"]
    assert ml("update", "lake", "--set", "description=Water") == "lake: updated\n"
    assert "Water" in ml("list", "water")
    (tmp_path / "project" / "lake").rmdir()
    assert "datastore 'lake' cannot be read" in ml("test", "lake", code=6)
    assert ml("delete", "-y", "lake") == "lake: deleted\n"
    assert "every workspace has the datastore" in ml("delete", "-y", "workspaceblobstore", code=4)


def test_a_file_is_applied_again(ml, tmp_path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake.yml").write_text("name: lake\ntype: local\npath: lake\n")
    assert ml("create-or-update", "-f", str(tmp_path / "lake.yml")) == "lake: created\n"
    assert ml("create-or-update", "-f", str(tmp_path / "lake.yml"), "--set", "path=.") == "lake: updated\n"
    assert "is not replaced" in ml(
        "create-or-update", "-f", str(tmp_path / "lake.yml"), "--set", "name=workspaceblobstore", code=4
    )


def test_a_type_that_is_not_supported_is_named_with_its_line(ml, tmp_path):
    (tmp_path / "blob.yml").write_text("name: blob\ntype: azure_file\naccount_name: x\nfile_share_name: c\n")
    assert "blob.yml:2: type: 'azure_file' is not supported: mount the share" in ml(
        "create", "-f", str(tmp_path / "blob.yml"), code=2
    )
