# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The notebook of a job in any state."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import ConflictError
from tests.workspaces import write_notebook


@pytest.fixture
def quiet(workspace, monkeypatch):
    """A workspace in which nothing is started, so that jobs remain queued."""
    monkeypatch.setattr(type(workspace.supervisor), "ensure", lambda self: None)
    monkeypatch.chdir(workspace.folder.parent)  # which is in no git repository
    return workspace


@pytest.mark.parametrize("code", [True, False])
def test_the_notebook_of_a_waiting_job_is_the_submitted_one(quiet, tmp_path, code):
    path = write_notebook(tmp_path / "code" / "deep" / "a.ipynb", "1", "2")
    folder = str(tmp_path / "code") if code else None
    job = quiet.jobs.submit({"type": "notebook", "notebook": str(path), "code": folder})
    path.unlink()
    cells = quiet.jobs.notebook(job.name)["cells"]
    assert [(cell["source"], cell["metadata"]["jupyter_ml"]["cell"]) for cell in cells] == [("1", 0), ("2", 1)]


def test_a_command_has_no_notebook(quiet):
    job = quiet.jobs.submit({"type": "command", "command": "true"})
    with pytest.raises(ConflictError, match="no notebook"):
        quiet.jobs.notebook(job.name)


@pytest.mark.integration
def test_without_outputs_none_is_read(workspace, tmp_path, monkeypatch):
    path = write_notebook(tmp_path / "a.ipynb", "print('a' * 100)", "1 / 0")
    job = workspace.jobs.wait(workspace.jobs.submit({"type": "notebook", "notebook": str(path)}).name)
    whole = workspace.jobs.notebook(job.name)
    monkeypatch.setattr("jupyter_ml.eventlog.reader._log.warning", lambda *_: pytest.fail("an output was parsed"))
    with workspace.jobs.folder(job.name).event_log.open("a") as event_log:
        event_log.write('{"type":"output","this is no event and would be complained of":1}\n')
    bare = workspace.jobs.notebook(job.name, outputs=False)
    assert "aaaa" in str(whole)
    assert [cell.get("outputs", []) for cell in bare["cells"]] == [[]] * len(whole["cells"])
    assert bare["metadata"] == whole["metadata"]
    assert "ZeroDivisionError" in str(bare["cells"][0]["source"]), "the error is shown as text"
