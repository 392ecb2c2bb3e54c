"""The line that lives on a terminal while a job runs."""

from __future__ import annotations

import re
import time

import pytest

from jupyter_ml.cli.watching import _Screen
from jupyter_ml.schemas.expected import Expected
from jupyter_ml.schemas.spool import CellStarted, ExecutorStarted
from tests.store.jobs import job


@pytest.fixture
def screen(monkeypatch):
    """Somebody's terminal, for a job of which a former one is known."""
    monkeypatch.setattr("jupyter_ml.cli.watching.output_format", lambda: "table")
    screen = _Screen(Expected(job="former", cells={0: 5, 2: 40, 3: 80}))
    screen.show(job("new", state="Running"))
    return screen


def left(screen) -> str:
    """What it says of the time that is left."""
    found = re.search(r"about (.*) left", screen._progress())
    return found[1] if found else ""


def test_it_says_how_long_it_will_take(screen):
    assert left(screen) == ""
    now = time.time()
    screen.show(ExecutorStarted(time=now, pid=1, cells=[0, 1, 2]))
    assert left(screen) == "45 s"
    screen.show(CellStarted(time=now, cell=0))
    screen.show(CellStarted(time=now - 10.4, cell=1))
    assert left(screen) == "40 s"
    screen.show(CellStarted(time=now - 10, cell=2))
    assert left(screen) == "30 s"
    screen.show(CellStarted(time=now - 100, cell=2))
    assert left(screen) == ""


def test_a_retry_begins_anew(screen):
    for _ in range(2):
        screen.show(ExecutorStarted(time=time.time(), pid=1, cells=[2, 3]))
        assert left(screen) == "2 min 0 s"
        screen.show(CellStarted(time=time.time(), cell=2))
