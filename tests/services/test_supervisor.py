# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find, start and stop the supervisor, also where none can start."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from jupyter_ml import Workspace
from jupyter_ml.cli.app import run
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.workspace import SupervisorInfo, WorkspaceSettings
from jupyter_ml.services import supervisor
from jupyter_ml.services.layout import Layout
from jupyter_ml.services.supervisor import SupervisorService
from jupyter_ml.version import __version__
from tests.store.jobs import job
from tests.workspaces import until


def test_stop_waits_for_the_end_of_the_process_and_not_only_for_its_lock(tmp_path, monkeypatch):
    """SQLite removes files beside the database when it is closed, which happens after the lock is released."""
    running = SupervisorInfo(pid=4_000_000, version="1", started_at=now())
    states, alive, signals = [running, None, None, None], [True, True, False], []
    monkeypatch.setattr(SupervisorService, "status", lambda _: states.pop(0))
    monkeypatch.setattr(supervisor, "_runs", lambda pid: alive.pop(0))
    monkeypatch.setattr(supervisor.os, "kill", lambda *given: signals.append(given))
    assert SupervisorService(Layout(tmp_path), WorkspaceSettings()).stop()
    assert (states, alive) == ([], [])
    assert [pid for pid, _ in signals] == [running.pid]


def test_stop_waits_for_the_pid_of_one_that_has_just_the_lock(tmp_path, monkeypatch):
    """Until it writes its own, there is none, or that of a supervisor that was killed."""
    none, killed, running = (
        SupervisorInfo(pid=pid, version="1", started_at=now()) for pid in (0, 4_000_000, 4_000_001)
    )
    states, signals = [none, killed, running, None], []

    def kill(pid, number):
        signals.append((pid, number))
        if pid == killed.pid:
            raise ProcessLookupError

    monkeypatch.setattr(SupervisorService, "status", lambda _: states.pop(0))
    monkeypatch.setattr(supervisor, "_runs", lambda _: False)
    monkeypatch.setattr(supervisor.os, "kill", kill)
    assert SupervisorService(Layout(tmp_path), WorkspaceSettings()).stop()
    assert signals == [(killed.pid, signal.SIGTERM), (running.pid, signal.SIGTERM)]


def test_a_supervisor_that_reports_no_pid_is_not_signaled(tmp_path, monkeypatch):
    """A signal to the process 0 would end this process, and all in its group."""
    signals = []
    nameless = SupervisorInfo(pid=0, version="1", started_at=now())
    monkeypatch.setattr(SupervisorService, "status", lambda _: nameless)
    monkeypatch.setattr(supervisor, "STOP_TIMEOUT_S", 0.0)
    monkeypatch.setattr(supervisor.os, "kill", lambda *given: signals.append(given))
    with pytest.raises(UnavailableError, match="process unknown\\) did not stop"):
        SupervisorService(Layout(tmp_path), WorkspaceSettings()).stop()
    assert signals == []


def test_the_status_of_a_newer_supervisor_is_understood(tmp_path):
    layout = Layout(tmp_path)
    running = SupervisorInfo(pid=4_711, version="9", started_at=now())
    layout.supervisor_lock.write_text(json.dumps({**running.model_dump(mode="json"), "mood": "good"}))
    with layout.supervisor_lock.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert SupervisorService(layout, WorkspaceSettings()).status() == running


def test_an_upgrade_of_the_tables_ends_the_supervisor_of_before(tmp_path, monkeypatch):
    with Workspace.init(tmp_path) as made:
        database = made._context.layout.database
    database.unlink(missing_ok=True)
    old = Path(__file__).parents[1] / "store" / "databases" / "0006.sql"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(old.read_text(encoding="utf-8"))
    ended = []
    running = SupervisorInfo(pid=4_711, version=__version__, started_at=now())
    monkeypatch.setattr(SupervisorService, "status", lambda _: running)
    monkeypatch.setattr("jupyter_ml.services.supervisor.os.kill", lambda pid, number: ended.append((pid, number)))
    for _ in range(2):
        with Workspace.open(tmp_path) as opened:
            opened.jobs.counts()
        assert ended == [(4_711, signal.SIGTERM)]


@pytest.mark.integration
def test_nothing_waits_for_a_supervisor_that_ends_at_once(workspace, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif 'jupyter_ml.supervisor' in sys.orig_argv:\n    raise SystemExit('no module named lost')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for limit in ("services.jobs.listing.IMPORT_TIMEOUT_S", "services.jobs.lifecycle.DELETE_TIMEOUT_S"):
        monkeypatch.setattr(f"jupyter_ml.{limit}", float("inf"))
    monkeypatch.setattr(supervisor, "START_TIMEOUT_S", float("inf"))
    jobs = workspace._context.store.jobs
    jobs.insert(job("waits"), host=None)
    jobs.insert(job("done", state="Completed"), host=None)
    reason = "did not start: SystemExit: no module named lost; see .*supervisor.log"
    with pytest.raises(UnavailableError, match=reason):
        workspace.supervisor.start()
    assert {each.name for each in workspace.jobs.list().items} == {"waits", "done"}
    with pytest.raises(UnavailableError, match=f"job waits waits in the queue: the supervisor {reason}"):
        workspace.jobs.wait("waits")
    with pytest.raises(UnavailableError, match=f"the delete of job done waits: the supervisor {reason}"):
        workspace.jobs.delete("done")
    monkeypatch.delenv("PYTHONPATH")
    workspace.supervisor._spawned_at = -float("inf")  # it may start the next one
    assert workspace.supervisor.start().pid
    assert workspace.supervisor.failure is None


def test_jobs_are_listed_and_the_error_is_shown_where_no_supervisor_can_start(workspace, monkeypatch, capsys):
    monkeypatch.setattr("jupyter_ml.services.jobs.listing.IMPORT_TIMEOUT_S", float("inf"))
    workspace._context.store.jobs.insert(job("done", state="Completed"), host=None)
    workspace.supervisor.log.mkdir()
    assert run(["--workspace", str(workspace.folder), "job", "list"]) == 0
    shown = capsys.readouterr()
    assert "done" in shown.out
    assert "Error: the supervisor did not start: [Errno 21] Is a directory" in shown.err


@pytest.mark.integration
def test_a_supervisor_that_was_killed_did_start(workspace):
    killed = workspace.supervisor.start()
    os.kill(killed.pid, signal.SIGKILL)
    until(lambda: workspace.supervisor.status() is None)
    assert workspace.supervisor.failure is None
    assert workspace.supervisor.start().pid != killed.pid
