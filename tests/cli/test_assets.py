# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The commands of a kind of versioned asset that is only declared."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from jupyter_ml.cli.app import cli, run
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.services.assets import AssetService
from tests.kinds import PAPER, paper_store


@pytest.fixture
def ml(workspace, monkeypatch, capsys):
    """Run a command of the kind and return its output."""
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(workspace.folder))
    context = workspace._context
    service = AssetService(context, PAPER, paper_store(context.store))
    monkeypatch.setitem(cli.commands, "paper", resource_group(PAPER.name, lambda _: service))

    def ml(*arguments, code=0):
        assert run(["paper", *arguments]) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return out + err

    return ml


def test_versions_are_created_shown_listed_updated_archived_and_deleted(ml, tmp_path):
    file = tmp_path / "paper.yml"
    file.write_text("$schema: https://example.org/paper.json\nname: trees\nversion: 1.10\ntags: {year: 2026}\n")
    assert ml("create", "-f", str(file)) == "trees:1.10: created\n"
    assert "trees' has a version '1.10' already" in ml("create", "-f", str(file), code=4)
    assert ml("create", "-f", str(file), "--set", "version=null", "--set", "pages=3") == "trees:1: created\n"
    assert ml("create", "--set", "name=nets", "--set", "labels=[prod]") == "nets:1: created\n"

    assert [line.split() for line in ml("list").splitlines()] == [["name", "version"], ["nets", "1"], ["trees", "1"]]
    listed = json.loads(ml("list", "--name", "trees", "-o", "json"))
    assert [(item["version"], item["latest"], item["pages"]) for item in listed] == [
        ("1", True, 3),
        ("1.10", False, None),
    ]
    for reference, version in (("trees", "1"), ("trees:1.10", "1.10"), ("azureml:trees@latest", "1")):
        assert json.loads(ml("show", reference, "-o", "json"))["version"] == version

    assert ml("update", "trees:1.10", "--set", "labels=[old]") == "trees:1.10: updated\n"
    assert "write trees:1" in ml("update", "trees", "--set", "description=Woods", code=2)
    assert ml("update", "trees@old", "--set", "description=Woods") == "trees:1.10: updated\n"
    assert "Woods" in ml("show", "trees:1.10")
    assert ml("archive", "trees:1", "nets") == "trees:1: archived\nnets: archived\n"
    assert [line.split() for line in ml("list").splitlines()[1:]] == [["trees", "1.10"]]
    assert ml("restore", "trees") == "trees: restored\n"
    assert ml("delete", "-y", "trees:1.10") == "trees:1.10: deleted\n"
    assert ml("delete", "-y", "trees") == "trees: deleted\n"
    assert "there is no paper 'trees'" in ml("show", "trees", code=3)


def test_an_error_names_the_reference_or_the_line(ml, tmp_path):
    (tmp_path / "bad.yml").write_text("name: a\nversion: 1/2\n")
    assert "bad.yml:2: version: a name, version or label" in ml("create", "-f", str(tmp_path / "bad.yml"), code=2)
    ml("create", "--set", "name=a")
    assert "paper 'a' has no version '7'; the newest one is '1'" in ml("show", "a:7", code=3)
    assert "'a:': the version is empty" in ml("archive", "a:", code=2)


def test_the_help_of_commands_describes_names(workspace):
    group = resource_group(PAPER.name, lambda _: None)
    helps = {name: CliRunner().invoke(group, [name, "--help"]).output for name in group.commands}
    for name in ("show", "update", "archive", "restore", "delete"):
        assert ("NAME:VERSION|NAME@LABEL" if name == "update" else "NAME[:VERSION|@LABEL]") in helps[name]
        assert ("all versions" in helps[name]) == (name in ("archive", "restore", "delete"))
    asked = CliRunner().invoke(group, ["delete", "a", "b:1", "--workspace", str(workspace.folder)], input="n\n")
    assert "Delete a with all its versions, b:1?" in asked.output
