# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data on the command line."""

from __future__ import annotations

import json

import pytest

from jupyter_ml.cli.app import run


@pytest.fixture
def ml(workspace, monkeypatch, capsys, tmp_path):
    """Run a command for data in the workspace and return its output."""
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(workspace.folder))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")

    def ml(*arguments, code=0):
        assert run(["data", *arguments]) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return out + err

    return ml


def test_a_data_asset_from_a_file(ml, tmp_path):
    (tmp_path / "project" / "titanic.csv").write_text("name,age\nAllen,29\n")
    (tmp_path / "project" / "titanic.yml").write_text("name: titanic\nversion: 1.10\npath: titanic.csv\n")
    assert ml("create", "-f", "titanic.yml") == "titanic:1.10: created\n"
    shown = json.loads(ml("show", "titanic:1.10", "-o", "json"))
    assert (shown["path"], shown["type"]) == (str(tmp_path / "project" / "titanic.csv"), "uri_file")
    assert "titanic" in ml("list")
    assert ml("check", "titanic") == "titanic:1.10: unchanged (compared by content)\n"
    (tmp_path / "project" / "titanic.csv").write_text("name,age\n")
    assert ml("check", "titanic") == "titanic:1.10: changed: 9 bytes instead of 18\n"


@pytest.mark.integration
def test_preview_and_profile(ml, tmp_path):
    (tmp_path / "project" / "titanic.csv").write_text("name,age\nAllen,29\nAllison,1\nBrown,\n")
    shown = ml("preview", "titanic.csv", "--rows", "2")
    assert "Allison" in shown
    assert shown.endswith("Rows 1 to 2 of 3.\n")
    assert json.loads(ml("preview", "titanic.csv", "--offset", "2", "-o", "json").split("\nRows")[0])["rows"] == [
        ["Brown", None]
    ]
    described = ml("profile", "titanic.csv")
    assert "Computed from all 3 rows." in described
    assert "BIGINT" in described
    (tmp_path / "project" / "odd.csv").write_bytes(b"n,t\n" + "1,ü\n".encode("cp1252") * 30_000 + b"x,y\n")
    described = ml("profile", "odd.csv")
    assert "n: 1 of the values are not BIGINT." in described
    assert "The text is not UTF-8: it is read as cp1252." in described
    (tmp_path / "project" / "page.csv").write_text("<html></html>")
    assert "is not a table, but HTML" in ml("preview", "page.csv", code=2)
    assert "none.csv does not exist" in ml("preview", "none.csv", code=3)
