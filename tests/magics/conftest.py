# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""IPython sessions, and jobs that no supervisor runs."""

from __future__ import annotations

import sys

import pytest
from traitlets.config import Config

from jupyter_ml.magics.extension import TRACKING, load, unload
from jupyter_ml.services.imported_runs import ImportedRuns
from jupyter_ml.services.supervisor import SupervisorService
from tests.store.jobs import job, metric


@pytest.fixture
def add_job(workspace):
    """Insert an ended job into the workspace's database."""

    def add(name: str, *, metrics: dict[str, float] | None = None, **fields) -> None:
        workspace._context.store.jobs.insert(job(name, **{"state": "Completed", **fields}), host=None)
        workspace._context.store.jobs.set_metrics(name, {key: metric(value) for key, value in (metrics or {}).items()})

    return add


@pytest.fixture
def error_line(shell, capsys):
    """Run code that fails and return its error message, which is one line."""

    def error_line(code: str) -> str:
        capsys.readouterr()
        assert not shell.run_cell(code).success
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        lines = (out + err).strip().splitlines()
        assert len(lines) == 1, lines
        return lines[0]

    return error_line


@pytest.fixture(scope="session")
def session(tmp_path_factory):
    """Return an IPython session as in a terminal, created once because that takes long."""
    from IPython.core.interactiveshell import InteractiveShell

    # a reset would collect garbage if results were cached
    quiet = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"cache_size": 0}})
    main = sys.modules["__main__"]
    created = InteractiveShell(config=quiet, ipython_dir=str(tmp_path_factory.mktemp("ipython")))
    sys.modules["__main__"] = main  # the session replaces it with a module from which no process can be spawned
    return created


@pytest.fixture
def shell(session, workspace, monkeypatch):
    """Return a session in the workspace's directory, with the magics and without a supervisor."""
    monkeypatch.chdir(workspace.folder.parent)
    monkeypatch.delenv("JUPYTER_ML_WORKSPACE", raising=False)
    monkeypatch.setenv(TRACKING, "sqlite:///mine.db")
    monkeypatch.setattr(SupervisorService, "ensure", lambda self: None)
    monkeypatch.setattr(ImportedRuns, "current", lambda self: True)
    load(session)
    yield session
    unload(session)
    session.reset()
