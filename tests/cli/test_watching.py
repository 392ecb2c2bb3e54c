# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the status line on a terminal while a job runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jupyter_ml.cli.watching import _Screen
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.event_log import INJECTED, CellFinished, CellStarted, ExecutorStarted, ProgressBar, Progressed
from tests.store.jobs import job


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.setattr("jupyter_ml.cli.watching.output_format", lambda: "table")
    return _Screen()


def test_the_status_line_shows_the_time_left_of_the_job(screen):
    screen.show(job("new", state="Running"))
    assert "left" not in screen._progress()
    screen.show(job("new", state="Running", eta_at=now() + timedelta(seconds=125.5)))
    assert "about 2 min 5 s left" in screen._progress()


def test_a_retry_counts_its_cells_from_one(screen):
    screen.show(job("new", state="Running"))
    for _ in range(2):
        screen.show(ExecutorStarted(time=0, pid=1, cells=[2, INJECTED, 3]))
        assert "cell 1 of 2" in screen._progress()
        screen.show(CellStarted(time=0, cell=2))
        screen.show(CellFinished(time=0, cell=2, state="completed", duration_s=0))
        screen.show(CellStarted(time=0, cell=INJECTED))
        screen.show(CellFinished(time=0, cell=INJECTED, state="completed", duration_s=0))
        assert "cell 2 of 2" in screen._progress()


def test_the_status_line_shows_the_progress_bar_and_the_prompt_where_it_differs(screen):
    screen.show(job("new", state="Running"))
    screen.show(ExecutorStarted(time=0, pid=1, cells=[INJECTED, 3]))
    screen.show(CellStarted(time=0, cell=INJECTED))
    screen.show(CellFinished(time=0, cell=INJECTED, state="completed", duration_s=0, execution_count=1))
    screen.show(CellStarted(time=0, cell=3))
    assert "cell [2] (1 of 1)" in screen._progress()
    screen.show(Progressed(time=0, cell=3, bar=ProgressBar(label="epochs", done=36, total=100)))
    assert "cell [2] (1 of 1) · epochs 36%" in screen._progress()
    screen.show(Progressed(time=0, cell=3, bar=ProgressBar(done=1234, unit="row")))
    assert " · 1,234 row" in screen._progress()
    screen.show(CellFinished(time=0, cell=3, state="completed", duration_s=0))
    assert "row" not in screen._progress()


def test_what_has_happened_before_is_shown_with_its_own_time(screen, capsys):
    start = (now() - timedelta(days=2)).astimezone().replace(hour=14, minute=3, second=2)
    screen.show(ExecutorStarted(time=start.timestamp(), pid=1, cells=[0]))
    screen.show(CellStarted(time=start.timestamp() + 1, cell=0))
    screen.show(job("past", state="Completed", started_at=start, ended_at=start + timedelta(seconds=5)))
    assert capsys.readouterr().out.splitlines() == [
        f"[{start:%Y-%m-%d} 14:03:03] cell 1 of 1",
        f"[{start:%Y-%m-%d} 14:03:07] Completed",
    ]


def test_what_happens_today_is_shown_without_the_date(screen, capsys):
    midnight = now().astimezone().replace(hour=0, minute=0, second=7, microsecond=0)
    screen.show(job("new", state="Running", started_at=midnight))
    assert capsys.readouterr().out == "[00:00:07] Running\n"


def test_states_and_cells_are_shown_in_their_order(screen, capsys):
    """A cell may be read before the state is stored, and the clock of another machine may be slow."""
    midnight = now().astimezone().replace(hour=0, minute=0, second=7, microsecond=0)
    screen.show(job("new", state="Preparing", created_at=midnight))
    for second in (1, 2):
        screen.show(CellStarted(time=midnight.timestamp() + second, cell=second))
    running = {"state": "Running", "started_at": midnight}
    screen.show(job("new", **running))
    screen.show(job("new", **running | {"state": "Completed", "ended_at": midnight + timedelta(seconds=3)}))
    shown = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[2] for line in shown if "cell" not in line] == ["Preparing", "Running", "Completed"]
    assert shown[1:2] == ["[00:00:08] Running"]
    assert sorted(shown) == shown
