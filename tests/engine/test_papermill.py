# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""papermill runs notebooks as jobs with ``--engine jupyter-ml``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from jupyter_ml.eventlog.writer import reserve_of
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import JobState
from tests.integration import KILLS
from tests.workspaces import TIMEOUT_S, processes_of, until, write_notebook

pytestmark = KILLS


@pytest.fixture(scope="module")
def papermill(shared):
    def start(folder, *arguments):
        command = [sys.executable, "-m", "papermill", "--engine", "jupyter-ml", *map(str, arguments)]
        env = {
            **os.environ,
            "JUPYTER_ML_WORKSPACE": str(shared.folder),
            "JUPYTER_ML_EXPERIMENT_NAME": folder.name,
        }
        return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


def job_of(workspace, folder):
    [job] = workspace.jobs.list(JobQuery(experiment_name=folder.name)).items
    return job


def test_a_run_is_tracked_in_papermills_own_folder(papermill, shared, tmp_path):
    write_notebook(
        tmp_path / "in.ipynb",
        "import mlflow\nfrom pathlib import Path\nmlflow.log_metric('double', 2 * x)\nPath('here.txt').write_text('1')",
        "print('x is', x)",
        parameters="x = 1\nunchanged = [2]",
    )
    process = papermill(tmp_path, "in.ipynb", "out.ipynb", "-p", "x", "21", "--log-output")
    _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 0, errors
    assert "x is 21" in errors
    assert (tmp_path / "here.txt").exists()
    executed = json.loads((tmp_path / "out.ipynb").read_text())
    assert "x is 21\n" in json.dumps(executed["cells"][-1]["outputs"]).replace("\\n", "\n")
    job = job_of(shared, tmp_path)
    assert (job.state, job.runner, job.parameters, job.metrics) == (
        JobState.COMPLETED,
        "papermill",
        {"x": 21, "unchanged": [2]},
        {"double": 42.0},
    )
    results = {path.name for path in shared.jobs.folder(job.name).results()}
    assert {"output.ipynb", "packages.txt", "std_log.txt"} <= results


def test_papermill_and_the_job_report_a_failure_whatever_the_notebook_claims(papermill, shared, tmp_path):
    claim = "json.dumps({'type': 'ended', 'time': time.time(), 'state': 'Completed'}) + chr(10)"
    where = "os.environ['JUPYTER_ML_PROCESS'] + '/events.jsonl'"
    fatal = (
        f"import json, os, signal, time\nopen({where}, 'a').write({claim})\ntime.sleep(0.7)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    write_notebook(tmp_path / "in.ipynb", "1", fatal, "print('never')")
    process = papermill(tmp_path, "in.ipynb", "out.ipynb", "--no-progress-bar")
    _, errors = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 1
    assert "SIGKILL" in errors
    statuses = [
        cell["metadata"]["papermill"]["status"]
        for cell in json.loads((tmp_path / "out.ipynb").read_text())["cells"]
        if cell["cell_type"] == "code"
    ]
    assert statuses == ["completed", "failed", "pending"]
    job = job_of(shared, tmp_path)
    assert (job.state, job.cause.kind, job.cause.cell) == (JobState.FAILED, CauseKind.KERNEL_DIED, 1)


def test_it_can_be_canceled_by_another_client(papermill, shared, tmp_path):
    write_notebook(tmp_path / "in.ipynb", "import time\ntime.sleep(600)")
    process = papermill(tmp_path, "in.ipynb", "out.ipynb")
    until(lambda: shared.jobs.list(JobQuery(experiment_name=tmp_path.name)).total)
    job = job_of(shared, tmp_path)
    until(lambda: shared.jobs.get(job.name).progress.cell == 0)
    shared.jobs.cancel(job.name)
    assert shared.jobs.wait(job.name).state is JobState.CANCELED
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode != 0


def test_a_notebook_that_forges_its_end_and_kills_papermill_is_a_failed_job_without_processes(
    papermill, shared, tmp_path
):
    lines = [
        {"type": "cell_finished", "time": 1, "cell": 0, "state": "completed", "duration_s": 1},
        {"type": "ended", "time": 1, "state": "Completed"},
    ]
    go = tmp_path / "go"
    source = (
        f"import json, os, signal, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.02)\n"
        f"log = open(os.environ['JUPYTER_ML_PROCESS'] + '/events.jsonl', 'a')\n"
        f"for line in {lines}:\n    print(json.dumps(line), file=log, flush=True)\n"
        "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(600)"
    )
    write_notebook(tmp_path / "in.ipynb", source)
    process = papermill(tmp_path, "in.ipynb", "out.ipynb", "--no-progress-bar")
    until(lambda: shared.jobs.list(JobQuery(experiment_name=tmp_path.name)).total)
    job = job_of(shared, tmp_path)
    until(lambda: shared.jobs.get(job.name).progress.cell == 0)
    sockets = shared.jobs.folder(job.name).sockets.readlink()
    assert sockets.is_dir()
    go.touch()
    process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == -signal.SIGKILL
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause.kind) == (JobState.FAILED, CauseKind.EXECUTOR_DIED)
    assert "does not count" in done.cause.message
    assert processes_of(shared.jobs.folder(job.name).path) == []
    assert not sockets.exists()
    assert not reserve_of(shared.jobs.folder(job.name).event_log).exists()
