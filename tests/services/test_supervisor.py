# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A supervisor that was stopped uses no file of the workspace any more."""

from __future__ import annotations

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.workspace import SupervisorInfo, WorkspaceSettings
from jupyter_ml.services import supervisor
from jupyter_ml.services.layout import Layout
from jupyter_ml.services.supervisor import SupervisorService


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
