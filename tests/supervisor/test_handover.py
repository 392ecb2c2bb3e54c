# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Supervisors come and go; jobs do not notice."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

import jupyter_ml
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from tests.integration import KILLS
from tests.workspaces import TIMEOUT_S, executors_of, processes_of, until, write_notebook

pytestmark = [pytest.mark.integration, KILLS]


def test_an_older_supervisor_hands_over_to_a_newer_client(workspace, tmp_path, monkeypatch):
    older = (
        "from jupyter_ml import version\nversion.__version__ = '0.0.1'\n"
        "from jupyter_ml.supervisor.__main__ import main\n"
    )
    process = subprocess.Popen([sys.executable, "-c", f"{older}main({[str(workspace.folder)]!r})"])
    info = until(lambda: (found := workspace.supervisor.status()) and found.pid and found)
    assert info.version == "0.0.1"
    go, starts = tmp_path / "go", tmp_path / "starts"
    command = f"echo x >> {starts}; until test -e {go}; do sleep 0.02; done"
    running = workspace._context.store.jobs
    with monkeypatch.context() as patch:
        patch.setattr(type(workspace.supervisor), "ensure", lambda _: None)
        workspace.jobs.submit(CommandJob(command=command, name="long"))
    until(lambda: running.get("long").state is JobState.RUNNING and starts.exists())

    workspace.jobs.submit(CommandJob(command="true", name="next"))
    process.wait(TIMEOUT_S)
    assert workspace.jobs.wait("next").state is JobState.COMPLETED
    assert workspace.supervisor.status().version == jupyter_ml.__version__
    assert running.get("long").state is JobState.RUNNING
    go.touch()
    assert workspace.jobs.wait("long").state is JobState.COMPLETED
    assert starts.read_text() == "x\n"


def test_a_closed_terminal_takes_no_job_with_it(workspace, tmp_path):
    """Jobs from a shell in a real terminal, which is then closed; one of them has to wait."""
    path = write_notebook(tmp_path / "a.ipynb", "print(1)")
    pid, terminal = pty.fork()
    if pid == 0:
        command = f"{sys.executable} -m jupyter_ml run {path} --detach"
        script = "; ".join([command] * 3)
        os.execvpe("bash", ["bash", "-ic", script], {**os.environ, "JUPYTER_ML_WORKSPACE": str(tmp_path)})

    def submitted() -> int:
        _drain(terminal)
        return sum(count for state, count in workspace.jobs.counts().items() if state is not JobState.NOT_STARTED)

    until(lambda: submitted() == 3)
    os.close(terminal)
    os.waitpid(pid, 0)
    until(lambda: workspace.jobs.counts() == {JobState.COMPLETED: 3})


def _drain(terminal: int) -> None:
    os.set_blocking(terminal, False)
    with suppress(OSError):
        os.read(terminal, 65536)


def test_stop_leaves_running_jobs_to_the_next_supervisor(shared, tmp_path):
    go = tmp_path / "go"
    job = shared.jobs.submit(CommandJob(command=f"until test -e {go}; do sleep 0.02; done; echo end"))
    until(lambda: shared.jobs.get(job.name).state is JobState.RUNNING)
    assert shared.supervisor.stop()
    assert shared.supervisor.status() is None
    go.touch()
    assert shared.jobs.get(job.name).state is JobState.RUNNING
    assert shared.jobs.wait(job.name).state is JobState.COMPLETED
    assert shared.jobs.folder(job.name).std_log.read_text() == "end\n"


def test_an_executor_that_is_killed_while_no_supervisor_runs_is_reported(shared, tmp_path):
    job = shared.jobs.submit(CommandJob(command="echo begun; sleep 600"))
    until(lambda: shared.jobs.get(job.name).state is JobState.RUNNING)
    [supervisor] = [p for p in processes_of(shared.folder) if "jupyter_ml.supervisor" in p.info["cmdline"]]
    supervisor.send_signal(signal.SIGKILL)
    for process in executors_of(shared.jobs.folder(job.name).path):
        process.kill()
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause.kind) == (JobState.FAILED, "executor_died")
    assert processes_of(shared.jobs.folder(job.name).path) == []


def test_nothing_is_left_of_an_executor_that_is_killed(shared, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "import time\ntime.sleep(600)")
    job = shared.jobs.submit(NotebookJob(notebook=str(path)))
    until(lambda: shared.jobs.get(job.name).progress.cell == 0)
    folder = shared.jobs.folder(job.name)
    sockets = folder.sockets.readlink()
    [executor] = executors_of(folder.path)
    executor.kill()
    assert shared.jobs.wait(job.name).cause.kind == "executor_died"
    assert not sockets.exists()
    assert not folder.sockets.is_symlink()


def test_a_service_takes_over_and_stays(make_workspace, tmp_path):
    with make_workspace(tmp_path, supervisor={"idle_exit_s": 0.2}) as workspace:
        workspace.supervisor.start()
        command = [sys.executable, "-m", "jupyter_ml", "--workspace", str(tmp_path), "supervisor", "run"]
        service = subprocess.Popen(command)
        info = until(lambda: (found := workspace.supervisor.status()) and found.pid == service.pid and found)
        assert info.service
        assert subprocess.run(command, check=False, capture_output=True).returncode == 4
        job = workspace.jobs.submit(CommandJob(command="sleep 0.5"))
        assert workspace.jobs.wait(job.name).state is JobState.COMPLETED
        assert workspace.supervisor.status().pid == service.pid
        service.terminate()
        assert service.wait(TIMEOUT_S) == 0
