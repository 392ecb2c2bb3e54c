# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A supervisor that was stopped uses no file of the workspace any more."""

from __future__ import annotations

import fcntl
import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from jupyter_ml import Workspace
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.workspace import SupervisorInfo, WorkspaceSettings
from jupyter_ml.services import supervisor
from jupyter_ml.services.layout import Layout
from jupyter_ml.services.supervisor import SupervisorService
from jupyter_ml.version import __version__


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
