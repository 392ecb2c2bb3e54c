# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Models on the command line."""

from __future__ import annotations

import json

import pytest

from jupyter_ml.cli.app import run
from tests.services.jobs.artifacts import Artifacts
from tests.services.test_models import save


@pytest.fixture
def ml(workspace, monkeypatch, capsys, tmp_path):
    """Run a command for models in the workspace and return its output."""
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(workspace.folder))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")

    def ml(*arguments, code=0):
        assert run(["model", *arguments]) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return out + err

    return ml


def test_a_model_from_a_file_is_shown_compared_and_downloaded(ml, tmp_path):
    save(tmp_path / "project" / "saved")
    save(tmp_path / "project" / "other", package="scikit-learn==1.8.0")
    text = "$schema: https://example.com\nname: titanic\nversion: 3\npath: saved\nlabels: [next]\nstage: Development\n"
    (tmp_path / "project" / "model.yml").write_text(text)
    assert ml("create", "-f", "model.yml") == "titanic:3: created\n"
    assert ml("register", "titanic", "--path", "other", "--set", "labels=[champion]") == "titanic:4: registered\n"
    assert "champion" in ml("list")
    shown = ml("show", "titanic@next")
    assert "x double" in shown
    assert "numpy==2.2.1" in shown
    assert json.loads(ml("show", "titanic:3", "-o", "json"))["labels"] == ["next"]
    assert ml("compare", "titanic:3", "titanic:4").splitlines()[1].split() == [
        "packages",
        "scikit-learn",
        "1.9.1",
        "1.8.0",
    ]
    assert "data/weights.bin" in ml("files", "titanic:3")
    ml("download", "titanic@champion", "copy")
    assert (tmp_path / "project" / "copy" / "data" / "weights.bin").read_bytes() == b"1"
    assert "is not empty" in ml("download", "titanic@champion", "copy", code=4)


def test_a_file_of_a_job(ml, workspace):
    job = Artifacts(workspace, "trainer", imported=True)
    job.log("net/MLmodel", "flavors: {}\n")
    assert ml("register", "net", "--job", "trainer", "--path", "net") == "net:1: registered\n"
    assert json.loads(ml("show", "net", "-o", "json"))["source"]["job"] == "trainer"
    assert "job 'trainer' has no file 'none'" in ml("register", "net", "--job", "trainer", "--path", "none", code=2)
