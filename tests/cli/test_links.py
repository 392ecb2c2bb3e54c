# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test links to a running server, and the note that it shows another workspace."""

from __future__ import annotations

import os

import psutil
import pytest

from jupyter_ml.cli.app import run
from jupyter_ml.schemas.workspace import ServerRecord
from jupyter_ml.services.servers import record_server


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """Record a server that shows a directory as its workspace."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))

    def record(root, folder):
        process = psutil.Process(os.getpid())
        values = {"url": "http://host/user/ada/", "root": str(root), "name": "theirs", "folder": str(folder)}
        record_server(ServerRecord(pid=process.pid, started=process.create_time(), **values))

    return record


@pytest.fixture
def ml(shared, monkeypatch, capsys):
    """Run ``jupyter ml`` in the directory of the shared workspace."""

    def command(*arguments):
        capsys.readouterr()
        monkeypatch.chdir(shared.folder.parent)
        assert run([*arguments]) == 0
        return capsys.readouterr()

    return command


def test_links_to_a_server_that_shows_the_workspace(ml, shared, serve):
    serve(shared.folder.parent, shared.folder)
    (shared.folder.parent / "script.sh").write_text("true\n")
    result = ml("run", "script.sh", "--name", "linked", "-e", "an experiment")
    assert result.out.startswith("Job linked  http://host/user/ada/lab?ml=job/linked\n")
    assert result.err == ""
    assert "http://host/user/ada/lab?ml=job/linked" in ml("job", "show", "linked").out
    assert "http://host/user/ada/lab?ml=experiment/an%20experiment" in ml("experiment", "show", "an experiment").out
    assert "lab?ml" not in ml("job", "show", "linked", "-o", "json").out


def test_a_note_names_both_workspaces(ml, shared, serve, tmp_path):
    serve(shared.folder.parent, tmp_path / "other")
    (shared.folder.parent / "script.sh").write_text("true\n")
    result = ml("run", "script.sh", "--name", "elsewhere", "--detach")
    assert str(shared.folder) in result.err
    assert f"shows theirs ({tmp_path / 'other'})" in result.err
    assert "lab?ml" not in result.out
    assert ml("job", "rerun", "elsewhere", "--detach", "-o", "json").err == ""
