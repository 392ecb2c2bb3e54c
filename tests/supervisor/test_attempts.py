# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs from the queue to their end, with a real supervisor, executor, kernel and MLflow store."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import Log, Output
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from tests.workspaces import files_with, processes_of, until, write_notebook

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def client(shared):
    from mlflow import MlflowClient

    return MlflowClient(shared.tracking_uri)


def submit_notebook(workspace, folder, *cells, code=True, **options) -> Job:
    given = {key: options.pop(key) for key in ("parameters", "tags") if key in options}
    values = options.pop("values", {})
    path = write_notebook(folder / "train.ipynb", *cells, **given)
    job = NotebookJob(notebook=str(path), code=str(folder) if code else None, parameters=values, **options)
    return workspace.jobs.submit(job)


def test_a_notebook_becomes_a_tracked_run(shared, client, tmp_path):
    (tmp_path / "model.py").write_text("def fit(alpha):\n    return alpha * 2\n")
    job = submit_notebook(
        shared,
        tmp_path,
        "import mlflow, model\nfrom pathlib import Path",
        "mlflow.log_params({'kind': 'test'})\nmlflow.set_tag('stage', 'raw')",
        "for step in range(3):\n    mlflow.log_metric('loss', model.fit(alpha) + step, step=step)\nprint('done')",
        "Path('outputs', 'answer.txt').write_text('42')\nday",
        parameters="from datetime import date\nalpha: float = 0.1\nday: date = date(2020, 1, 1)",
        values={"alpha": 0.5, "day": date(2026, 11, 22)},
        tags={},
        experiment_name="diabetes",
    )
    assert job.state is JobState.QUEUED
    items = list(shared.jobs.stream(job.name))
    done = items[-1]
    assert isinstance(done, Job)
    assert done.state is JobState.COMPLETED
    assert done.cause is None
    assert done.metrics == {"loss": 3.0}
    assert (done.logged_parameters, done.logged_tags) == ({"kind": "test"}, {"stage": "raw"})
    assert [each.name for each in shared.jobs.list(JobQuery(filter="kind=test stage=raw")).items] == [job.name]
    assert done.progress.cells_done == done.progress.cells_total == 5
    assert "done\n" in "".join(
        item.output["text"] for item in items if isinstance(item, Output) and item.output["output_type"] == "stream"
    )
    folder = shared.jobs.folder(job.name)
    assert (folder.stored_outputs / "answer.txt").read_text() == "42"
    assert not folder.work.exists()
    executed = json.loads(folder.output.read_text())
    assert "datetime.date(2026, 11, 22)" in json.dumps(executed["cells"][-1]["outputs"])
    assert executed["cells"][3]["outputs"] == [], "logging shows nothing, though it goes on in the background"

    run = client.get_run(done.run_id)
    assert run.info.status == "FINISHED"
    assert (run.data.params["alpha"], run.data.params["kind"]) == ("0.5", "test")
    assert [point.value for point in client.get_metric_history(done.run_id, "loss")] == [1.0, 2.0, 3.0]
    attached = {item.path for item in client.list_artifacts(done.run_id)}
    assert {"output.ipynb", "packages.txt", "outputs", "code"} <= attached
    assert {item.path for item in client.list_artifacts(done.run_id, "code")} == {"code/model.py", "code/train.ipynb"}

    found = shared.jobs.list(JobQuery(filter="metrics.loss = 3 params.alpha < 1"))
    assert job.name in [item.name for item in found.items]
    assert shared.experiments.get("diabetes").jobs >= 1
    assert processes_of(folder.path) == []


def test_a_command_reads_inputs_and_writes_outputs(shared, client, tmp_path):
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    (tmp_path / "copy.py").write_text(
        "import sys; open(sys.argv[2] + '/copy.csv', 'w').write(open(sys.argv[1]).read())\n"
    )
    job = shared.jobs.submit(
        {
            "type": "command",
            "command": "echo ${{inputs.word}} >&2 && python copy.py ${{inputs.data}} ${{outputs.model}}",
            "code": str(tmp_path),
            "inputs": {"word": "it's $HOME", "data": {"type": "uri_file", "path": str(tmp_path / "data.csv")}},
            "outputs": {"model": {}},
        }
    )
    items = list(shared.jobs.stream(job.name))
    assert items[-1].state is JobState.COMPLETED, items[-1].cause
    assert "".join(item.text for item in items if isinstance(item, Log)) == "it's $HOME\n"
    assert (shared.jobs.folder(job.name).stored_outputs / "model" / "copy.csv").read_text() == "a,b\n1,2\n"
    assert client.get_run(items[-1].run_id).data.params["word"] == "it's $HOME"


def test_the_run_knows_commit_and_uncommitted_changes(shared, client, tmp_path):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    (tmp_path / "train.py").write_text("print('one')\n")
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *arguments], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / "train.py").write_text("print('two')\n")
    job = shared.jobs.submit(CommandJob(command="python train.py", code=str(tmp_path)))
    done = shared.jobs.wait(job.name)
    run = client.get_run(done.run_id)
    assert run.data.tags["mlflow.source.git.commit"] == commit
    assert run.data.tags["jupyter_ml.git.dirty"] == "true"
    artifacts = Path(run.info.artifact_uri.removeprefix("file://"))
    assert "+print('two')" in (artifacts / "uncommitted.diff").read_text()
    assert (artifacts / "code" / "train.py").read_text() == "print('two')\n"


def test_a_failure_names_cell_and_exception(shared, client, tmp_path):
    job = submit_notebook(shared, tmp_path, "x = 1", "x / 0", "print('never')")
    done = shared.jobs.wait(job.name)
    assert done.state is JobState.FAILED
    assert (done.cause.kind, done.cause.cell, done.cause.exception) == (CauseKind.EXCEPTION, 1, "ZeroDivisionError")
    assert done.cause.cell_source == "x / 0"
    assert client.get_run(done.run_id).info.status == "FAILED"
    executed = json.loads(shared.jobs.folder(job.name).output.read_text())
    assert "never" not in json.dumps([cell["outputs"] for cell in executed["cells"] if cell["cell_type"] == "code"])


def test_a_retry_is_an_attempt_of_its_own(shared, tmp_path):
    counter = tmp_path / "count"
    job = submit_notebook(
        shared,
        tmp_path / "code",
        f"from pathlib import Path\np = Path({str(counter)!r})\nn = len(p.read_text()) if p.exists() else 0\n"
        "p.write_text('x' * (n + 1))\nassert n == 2, n",
        retries=3,
    )
    done = shared.jobs.wait(job.name)
    assert (done.state, done.attempt, done.cause) == (JobState.COMPLETED, 3, None)
    attempts = shared.jobs.attempts(job.name)
    assert [attempt.state for attempt in attempts] == [JobState.FAILED, JobState.FAILED, JobState.COMPLETED]
    assert attempts[0].cause.exception == "AssertionError"
    assert attempts[0].ended_at <= attempts[1].started_at


def test_a_running_job_is_canceled(shared, client, tmp_path):
    cells = ["print('here', flush=True)", "import time\ntime.sleep(600)", "print('never')"]
    job = submit_notebook(shared, tmp_path, *cells)
    until(lambda: shared.jobs.get(job.name).progress.cell == 1)
    shared.jobs.cancel(job.name)
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause.kind) == (JobState.CANCELED, CauseKind.CANCELED)
    assert client.get_run(done.run_id).info.status == "KILLED"
    assert "here" in shared.jobs.folder(job.name).output.read_text()


def test_a_job_that_ignores_every_signal_is_canceled_too(shared, tmp_path):
    job = submit_notebook(
        shared,
        tmp_path,
        "import signal, subprocess, time\n"
        "for n in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(n, signal.SIG_IGN)\n"
        "subprocess.Popen(['sleep', '600'], start_new_session=True)\nprint('deaf', flush=True)\n"
        "while True:\n    time.sleep(1)",
    )
    until(lambda: shared.jobs.get(job.name).progress.cell == 0)
    shared.jobs.cancel(job.name)
    assert shared.jobs.wait(job.name).state is JobState.CANCELED
    assert processes_of(shared.jobs.folder(job.name).path) == []


def test_a_job_that_takes_too_long_fails_with_that_cause(shared, tmp_path):
    job = submit_notebook(shared, tmp_path, "import time\ntime.sleep(600)", limits={"timeout": 1.5})
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause.kind) == (JobState.FAILED, CauseKind.TIMEOUT)
    assert 1 < done.duration_s < 300


def test_a_secret_reaches_the_process_and_nothing_else(shared, client, tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "hunter2-hunter2")
    job = submit_notebook(
        shared,
        tmp_path,
        "import os\nassert os.environ['TOKEN'].startswith('hunter2')\nprint(os.environ['TOKEN'])\nos.environ['TOKEN']",
        "raise ValueError(os.environ['TOKEN'])",
        secrets=["TOKEN"],
    )
    done = shared.jobs.wait(job.name)
    assert done.cause.exception == "ValueError"
    assert files_with(shared.folder, "hunter2-hunter2") == []
    assert shared.jobs.folder(job.name).event_log in files_with(shared.folder, "ValueError")
    with pytest.raises(Exception, match=job.name):
        shared._context.job_secrets.get(job.name)


def test_a_secret_is_encrypted_while_the_job_waits(workspace, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "1")
    workspace.supervisor.stop()
    workspace.supervisor.ensure = lambda: None
    job = workspace.jobs.submit(NotebookJob(notebook=str(path), secrets=["KEY"]), secrets={"KEY": "correct horse"})
    assert workspace._context.job_secrets.get(job.name) == {"KEY": "correct horse"}
    assert files_with(workspace.folder, "correct horse") == []


def test_delete_takes_everything_with_it(shared, client, tmp_path):
    job = submit_notebook(shared, tmp_path, "1 + 1")
    done = shared.jobs.wait(job.name)
    artifacts = Path(client.get_run(done.run_id).info.artifact_uri.removeprefix("file://"))
    assert artifacts.exists()
    shared.jobs.delete(job.name)
    assert not shared._context.layout.job(job.name).exists()
    assert not artifacts.exists()
    assert job.name not in [item.name for item in shared.jobs.list(JobQuery(archived=None, limit=1000)).items]
    again = shared.jobs.submit(CommandJob(command="true", name=job.name))
    assert shared.jobs.wait(again.name).state is JobState.COMPLETED


def test_runs_made_by_hand_are_listed(shared, client):
    experiment = client.create_experiment("by-hand")
    run = client.create_run(experiment, run_name="notebook-run")
    client.log_metric(run.info.run_id, "r2", 0.75)
    client.log_param(run.info.run_id, "alpha", 0.25)
    client.set_terminated(run.info.run_id, "FINISHED")
    query = JobQuery(experiment_name="by-hand", filter="metrics.r2 > 0.5")
    [found] = until(lambda: shared.jobs.list(query).items)
    assert (found.type, found.state, found.display_name) == ("mlflow_run", JobState.COMPLETED, "notebook-run")
    assert found.metrics == {"r2": 0.75}


def test_a_kernel_that_does_not_start_is_reported(shared, tmp_path):
    job = shared.jobs.submit(
        NotebookJob(
            notebook=str(write_notebook(tmp_path / "a.ipynb", "1")),
            environment_variables={"PYTHONHOME": "/nowhere"},
        )
    )
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause.kind) == (JobState.FAILED, CauseKind.STARTUP)


def test_numbers_that_a_job_makes_up_do_no_harm(shared, tmp_path):
    lines = [
        {"type": "cell_started", "time": 1, "cell": 10**30},
        {"type": "executor_started", "time": 1e300, "pid": 1},
        {"type": "executor_started", "time": 1, "pid": 1, "cells": [0] * 5},
        {"type": "sample", "time": 1, "usage": {"cpu_percent": float("nan"), "memory_bytes": 10**40}},
        {"type": "cell_finished", "time": 1, "cell": 5, "state": "failed", "duration_s": 1},
    ]
    source = (
        f"import json\nnan = float('nan')\nfor line in {lines}:\n"
        "    print(json.dumps(line), file=open('../events.jsonl', 'a'))"
    )
    done = shared.jobs.wait(submit_notebook(shared, tmp_path, source, "2").name)
    assert (done.state, done.cause) == (JobState.COMPLETED, None)


def test_cleared_outputs_take_no_space_afterwards(shared, tmp_path):
    source = (
        "from IPython.display import clear_output\n"
        "for number in range(40):\n"
        "    clear_output(wait=True)\n    display({'image/png': f'{number:0100000}'}, raw=True)"
    )
    done = shared.jobs.wait(submit_notebook(shared, tmp_path, source).name)
    folder = shared.jobs.folder(done.name)
    assert folder.event_log.stat().st_size > 4_000_000
    assert folder.event_log.stat().st_blocks * 512 < 400_000
    (output,) = json.loads(folder.output.read_text())["cells"][0]["outputs"]
    assert output["data"]["image/png"].endswith("39")
