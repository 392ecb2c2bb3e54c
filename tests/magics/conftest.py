# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Sessions of IPython, and jobs that nobody runs."""

from __future__ import annotations

import sys

import pytest
from traitlets.config import Config

from jupyter_ml.magics.extension import TRACKING, load, unload
from jupyter_ml.services.runs import SeenRuns
from jupyter_ml.services.supervisor import SupervisorService
from tests.store.jobs import job, metric


@pytest.fixture
def add_job(workspace):
    """Put a job into the workspace's database, as it might have come out of the supervisor."""

    def add(name: str, *, metrics: dict[str, float] | None = None, **facts) -> None:
        workspace.store.jobs.insert(job(name, **{"state": "Completed", **facts}), host=None)
        workspace.store.jobs.set_metrics(name, {key: metric(value) for key, value in (metrics or {}).items()})

    return add


@pytest.fixture
def complaint(shell, capsys):
    """Run code that cannot work and return the one line that says so."""

    def complaint(code: str) -> str:
        capsys.readouterr()
        assert not shell.run_cell(code).success
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        lines = (out + err).strip().splitlines()
        assert len(lines) == 1, lines
        return lines[0]

    return complaint


@pytest.fixture(scope="session")
def session(tmp_path_factory):
    """A session of IPython as in a terminal, made once because that takes long."""
    from IPython.core.interactiveshell import InteractiveShell

    quiet = Config({"HistoryManager": {"enabled": False}})
    main = sys.modules["__main__"]
    made = InteractiveShell(config=quiet, ipython_dir=str(tmp_path_factory.mktemp("ipython")))
    sys.modules["__main__"] = main  # the session puts its own there, from which no process can be spawned
    return made


@pytest.fixture
def shell(session, workspace, monkeypatch):
    """A session in the workspace's folder, with the magics; nobody runs what it submits."""
    monkeypatch.chdir(workspace.layout.folder.parent)
    monkeypatch.delenv("JUPYTER_ML_WORKSPACE", raising=False)
    monkeypatch.setenv(TRACKING, "sqlite:///mine.db")
    monkeypatch.setattr(SupervisorService, "ensure", lambda self: None)
    monkeypatch.setattr(SeenRuns, "current", lambda self: True)
    load(session)
    yield session
    unload(session)
    session.reset()
