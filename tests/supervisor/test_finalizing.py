# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Finalize attempts that have left little."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.git import GitState
from jupyter_ml.schemas.outcomes import failed
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.attempts import attempt_folder
from jupyter_ml.supervisor.cancellation import CancellationToken
from jupyter_ml.supervisor.finalizing import finalize
from jupyter_ml.supervisor.preparing import ensure_run
from jupyter_ml.supervisor.retrying import Retrying
from jupyter_ml.supervisor.threads import Threads

DIFF = b"-print('one')\n+print('two')\n"


@pytest.mark.integration
def test_a_job_that_failed_before_its_directory_existed_keeps_its_uncommitted_changes(workspace, monkeypatch, caplog):
    from mlflow import MlflowClient

    monkeypatch.setattr(workspace.supervisor, "ensure", lambda: None)
    workspace.jobs.submit(CommandJob(command="true"))
    context = workspace._context
    [job] = context.store.jobs.claim(host="here", compute="local", limit=1, token="t")
    context.layout.git_state(job.name).write_text(GitState(dirty=True, diff=DIFF).model_dump_json())
    ensure_run(context, job, adopted=False)
    job = context.store.jobs.get(job.name)
    folder, threads = attempt_folder(context.layout, job), Threads()
    assert not folder.path.exists()
    outcome = failed(CauseKind.ENVIRONMENT, "no environment")
    retrying = Retrying(job.name, threads, CancellationToken())
    asyncio.run(finalize(context, threads, job, folder, outcome=outcome, retrying=retrying))
    threads.close()
    done = context.store.jobs.get(job.name)
    assert (done.state, done.warnings) == (JobState.FAILED, [])
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
    run = MlflowClient(workspace.tracking_uri).get_run(job.run_id)
    artifacts = Path(run.info.artifact_uri.removeprefix("file://"))
    assert (artifacts / "uncommitted.diff").read_bytes() == folder.uncommitted.read_bytes() == DIFF
    assert workspace.jobs.gone(job.name) is None
