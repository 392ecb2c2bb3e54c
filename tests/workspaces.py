# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Temporary workspaces for tests, which are created quickly and removed completely."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
import yaml

from jupyter_ml.compute.process import MARKER
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.services.workspace import Workspace
from jupyter_ml.tracking.client import Tracking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.jobs import Job

TIMEOUT_S = 240.0
"""How long to wait for a condition: less than pytest's timeout, and longer than any pause of a busy machine."""

LONG_S = 1800
"""How long a supervisor stays without work: longer than the time between two tests on a busy machine."""


def notebook(*cells, parameters: str | None = None, tags: dict[int, list[str]] | None = None) -> dict:
    """Return a Python notebook of code cells, with an optional parameters cell first."""
    sources = [*([parameters] if parameters is not None else []), *cells]
    tagged = {0: ["parameters"]} if parameters is not None else {}
    tagged |= tags or {}
    return {
        "cells": [
            {
                "id": f"cell-{number}",
                "cell_type": "code",
                "execution_count": None,
                "metadata": {"tags": tagged[number]} if number in tagged else {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(sources)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write_notebook(path: Path, *cells, **options) -> Path:
    """Write a notebook of code cells, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*cells, **options)))
    return path


def until(condition, *, timeout: float = TIMEOUT_S, poll_s: float = 0.05):
    """Wait until `condition()` is true, and return its value."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, "timeout: the condition did not become true"
        time.sleep(poll_s)
    return value


def processes_of(folder: Path) -> list[psutil.Process]:
    """Return the processes of all attempts in a workspace, and its supervisor."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.fsencode(folder) not in _described(process.pid):
                continue
            process.info = process.as_dict(["environ", "cmdline", "status"])
        except (psutil.NoSuchProcess, OSError):
            continue
        marked = str(folder) in (process.info["environ"] or {}).get(MARKER, "")
        command = process.info["cmdline"] = process.info["cmdline"] or []  # none of one that ends just now
        supervises = "jupyter_ml.supervisor" in command and str(folder) in command
        if (marked or supervises) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def kill_processes_of(folder: Path) -> None:
    """Kill the processes of all attempts in a workspace, and its supervisor."""
    for process in processes_of(folder):
        with suppress(psutil.NoSuchProcess):  # it has ended since, perhaps because of the one before
            process.kill()


def executors_of(folder: Path) -> list[psutil.Process]:
    """Return the executors in a directory, those that were started and those that were forked."""
    return [
        p for p in processes_of(folder) if any(_is_part_of(arg, "jupyter_ml.executor") for arg in p.info["cmdline"])
    ]


def kernels_of(folder: Path) -> list[psutil.Process]:
    """Return the kernels in a directory, those that were started and those that were forked."""
    return [p for p in processes_of(folder) if {"kernels", "ipykernel", "ipykernel_launcher"} & {*p.info["cmdline"]}]


def _is_part_of(name: str, package: str) -> bool:
    return name.partition(":")[0] == package or name.startswith(f"{package}.")


def files_with(folder: Path, *texts: str) -> list[Path]:
    """Return the files below `folder` that contain one of these texts, those of the databases included.

    Another process reads them: closing a file of a database here would release the locks that SQLite has on it. Files
    that a job or the supervisor removes meanwhile are left out.
    """
    assert folder.is_dir()
    patterns = [argument for text in texts for argument in ("-e", text)]
    options = ["--recursive", "--devices=skip", "--files-with-matches", "--fixed-strings", "--text"]
    command = ["env", "LC_ALL=C", "grep", *options, *patterns, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if not line.endswith(": No such file or directory")]
    assert not errors
    assert done.returncode in (0, 1) or done.stderr
    return [Path(line) for line in done.stdout.splitlines()]


def _described(pid: int) -> bytes:
    """Return the command line and the environment of a process, without parsing them as psutil does."""
    process = Path(f"/proc/{pid}")
    return (process / "cmdline").read_bytes() + (process / "environ").read_bytes()


@contextmanager
def unreachable_artifacts(workspace: Workspace, job: Job) -> Iterator[None]:
    """Point the artifacts of a job's run to an unreachable store, so that a delete of the job fails."""
    from mlflow.store.tracking.dbmodels.models import SqlRun

    def move(address: str) -> str:
        with workspace._context.tracking._store.ManagedSessionMaker(read_only=False) as session:
            run = session.query(SqlRun).filter(SqlRun.run_uuid == job.run_id).one()
            before, run.artifact_uri = run.artifact_uri, address
            return before

    before = move("nowhere://store/artifacts")
    yield
    move(before)


@pytest.fixture(scope="session")
def mlflow_template(tmp_path_factory) -> Path:
    """Return the path of an empty MLflow database: copying it is faster than creating one."""
    folder = tmp_path_factory.mktemp("mlflow")
    Tracking(Tracking.uri(None, folder / "mlflow.db"), str(folder)).prepare()
    return folder / "mlflow.db"


@pytest.fixture(scope="session")
def make_workspace(mlflow_template):
    """Return a context manager that creates a workspace in a directory, with settings, and cleans up."""

    @contextmanager
    def make(parent: Path, **settings):
        settings = {"name": "test", "supervisor": {"idle_exit_s": LONG_S}, **settings}
        folder = parent / ".jupyter-ml"
        folder.mkdir(parents=True, mode=0o700)
        (folder / "workspace.yml").write_text(yaml.safe_dump(settings))
        if "database" not in settings:
            shutil.copy(mlflow_template, folder / "mlflow.db")
        with Workspace.open(parent) as workspace:
            try:
                yield workspace
            finally:
                workspace.supervisor.stop()
                kill_processes_of(folder)
                for link in folder.glob("jobs/*/*/sockets"):
                    AttemptFolder(link.parent).remove_sockets()

    return make


@pytest.fixture
def workspace(make_workspace, tmp_path):
    """Yield a new workspace."""
    with make_workspace(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def shared(make_workspace, tmp_path_factory):
    """Yield a workspace that the tests of a worker share, with its supervisor running.

    A supervisor takes seconds to import MLflow. A test may stop or kill it, because clients start the next one, but has
    to expect jobs, experiments and files of other tests.

    A test must not open the files of its databases: closing one releases the locks that SQLite has on it.
    """
    with make_workspace(tmp_path_factory.mktemp("shared")) as made:
        made._context.tracking.prepare()  # a client of MLflow that came first would choose where artifacts are
        made.supervisor.start()
        yield made
