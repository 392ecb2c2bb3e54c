# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The notebook of a job in any state."""

from __future__ import annotations

import shutil

import pytest

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.queries import EventLogQuery
from jupyter_ml.schemas.states import JobState
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


@pytest.fixture
def completed(quiet, tmp_path):
    """A completed job with one file."""
    job = quiet.jobs.submit({"type": "notebook", "notebook": str(write_notebook(tmp_path / "a.ipynb", "1"))})
    store = quiet._context.store.jobs
    store.claim(host="here", compute="local", limit=1)
    folder = quiet._context.layout.attempt(job.name, 1)
    folder.mkdir()
    (folder / "std_log.txt").write_text("hello")
    for state in (JobState.RUNNING, JobState.FINALIZING, JobState.COMPLETED):
        store.transition(job.name, state)
    return job.name


@pytest.mark.parametrize("left", ["nothing", "the directory of the job"])
def test_a_job_whose_directory_was_deleted_reports_it_and_what_is_still_known(quiet, tmp_path, completed, left):
    assert quiet.jobs.gone(completed) is None
    job = quiet._context.layout.job(completed)
    shutil.rmtree(job if left == "nothing" else job / "1")
    gone = quiet.jobs.gone(completed)
    assert gone is not None
    assert str(job if left == "nothing" else job / "1") in gone
    assert "state, parameters and metrics of the job are still known" in gone
    part = quiet.event_logs.read(completed, EventLogQuery())
    assert (part.problem, part.events, part.complete) == (gone, [], True)
    assert quiet.files.list(completed).problems == [gone]
    with pytest.raises(NotFoundError, match="is gone"):
        quiet.jobs.folder(completed)
    with pytest.raises(NotFoundError, match="is gone"):
        quiet.jobs.download(completed, tmp_path / "downloads")
    assert not (tmp_path / "downloads" / completed).exists()
    assert quiet.jobs.notebook(completed)["cells"][0]["source"] == "1"
    assert quiet.jobs.get(completed).state == "Completed"
    assert "is gone" in repr(quiet.jobs.handle(completed))


def test_nothing_is_gone_of_a_job_that_never_had_a_directory(quiet, completed):
    waiting = quiet.jobs.submit({"type": "command", "command": "true"}).name
    shutil.rmtree(quiet._context.layout.job(waiting))
    assert quiet.jobs.gone(waiting) is None
    store = quiet._context.store.jobs
    quiet._context.layout.job(waiting).mkdir()
    store.claim(host="here", compute="local", limit=1)
    store.transition(waiting, JobState.FAILED)
    assert quiet.jobs.gone(waiting) is None, "it failed before its directory was created"
    shutil.rmtree(quiet._context.layout.job(completed))
    quiet.jobs.delete(completed, wait=False)
    assert quiet.jobs.gone(completed) is None, "it is being deleted"


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
