# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The doctor reports each check, independently of the others."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.workspace import SupervisorInfo
from jupyter_ml.store.schema import HEAD
from jupyter_ml.version import __version__

SUBJECTS = ["database", "supervisor", "requests", "job folders", "notifications", "MLflow store"]


def found(workspace):
    return {check.subject: check for check in workspace.diagnose()}


def test_a_workspace_without_problems(workspace):
    checks = found(workspace)
    assert list(checks) == SUBJECTS
    assert {check.level for check in checks.values()} == {"ok"}


@pytest.mark.integration
def test_every_problem_is_reported(workspace, monkeypatch):
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    workspace.jobs.submit(CommandJob(command="true", name="waits"))
    workspace.jobs.submit(CommandJob(command="true", name="gone"))
    workspace._context.store.jobs.transition("gone", JobState.CANCELED)
    workspace._context.store.jobs.request_delete("gone")
    workspace._context.store.jobs.request_failed("gone", "the disk is away", now())
    (workspace._context.layout.jobs / "lost").mkdir()
    for path in workspace.folder.glob("mlflow.db*"):
        path.unlink()
    workspace._context.layout.mlflow.write_text("no database" * 1_000)
    checks = found(workspace)
    assert {subject: check.level for subject, check in checks.items()} == {
        "database": "ok",
        "supervisor": "warning",
        "requests": "warning",
        "job folders": "warning",
        "notifications": "ok",
        "MLflow store": "error",
    }
    assert "delete of job gone has failed 1 times: the disk is away" in checks["requests"].message
    assert "jupyter ml job withdraw gone" in checks["requests"].hint
    assert "lost" in checks["job folders"].message


@pytest.mark.parametrize(
    ("version", "revision", "message"),
    [
        (__version__, HEAD, None),
        (__version__, "0006", f"with database revision 0006; this is version {__version__}, with revision {HEAD}"),
        (__version__, None, "with database revision unknown"),
        ("0.0.1", HEAD, "process 4711 runs, version 0.0.1"),
    ],
)
def test_a_supervisor_of_another_version_is_reported(workspace, monkeypatch, version, revision, message):
    info = SupervisorInfo(pid=4_711, version=version, started_at=now(), database_revision=revision)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.status", lambda _: info)
    check = found(workspace)["supervisor"]
    assert check.level == ("ok" if message is None else "warning")
    assert (message or "process 4711 runs") in check.message
    assert bool(check.hint) == (message is not None)


@pytest.mark.integration
def test_the_supervisor_that_was_started_is_of_this_version(workspace):
    workspace.supervisor.start()
    assert found(workspace)["supervisor"].level == "ok"


@pytest.mark.integration
def test_a_request_waits_for_a_supervisor(workspace, monkeypatch):
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    workspace.jobs.submit(CommandJob(command="true", name="gone"))
    workspace._context.store.jobs.transition("gone", JobState.CANCELED)
    assert found(workspace)["supervisor"].level == "ok"
    workspace.jobs.delete("gone", wait=False)
    assert "requests are waiting and no supervisor is running" in found(workspace)["supervisor"].message


@pytest.mark.integration
def test_the_exit_code_of_the_command(workspace):
    command = [sys.executable, "-m", "jupyter_ml", "--workspace", str(workspace.folder), "doctor"]
    done = subprocess.run([*command, "-o", "json"], check=False, capture_output=True, text=True)
    assert (done.returncode, [check["subject"] for check in json.loads(done.stdout)]) == (0, SUBJECTS)
    (workspace._context.layout.jobs / "lost").mkdir(parents=True)
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "\\n" not in done.stdout
