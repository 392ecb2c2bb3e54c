# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The next supervisor can go on with what this one stores while it follows an attempt."""

from __future__ import annotations

import asyncio
import time

import pytest

from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.schemas.event_log import CellStarted, Ended, ExecutorStarted, KernelStarted, Warned
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.jobs.submission import record_of
from jupyter_ml.supervisor.cancellation import CancellationToken
from jupyter_ml.supervisor.mirroring import Mirror
from jupyter_ml.supervisor.progress_writer import ProgressWriter
from jupyter_ml.supervisor.threads import Threads
from jupyter_ml.supervisor.watching import watch as watch_attempt


@pytest.fixture
def watch(workspace):
    """Follow the only attempt of a job whose executor is gone."""
    job = record_of(CommandJob(command="true"), {}, "default", None).model_copy(update={"state": JobState.PREPARING})
    job = workspace._context.store.jobs.insert(job, host=None)
    folder = AttemptFolder(workspace._context.layout.attempt(job.name, job.attempt))
    folder.path.mkdir(parents=True)

    def follow(*events):
        writer = EventLogWriter(folder.event_log)
        for event in events:
            writer.write(event)
        writer.close()
        now = workspace._context.store.jobs.get(job.name)
        context, threads = workspace._context, Threads()
        mirror = Mirror(LocalCompute(), threads, folder)
        options = {
            "mirror": mirror,
            "others": [],
            "progress_writer": ProgressWriter(context, threads),
            "kill": None,
            "cancellation": CancellationToken(),
        }
        return asyncio.run(watch_attempt(context, threads, now, folder, None, **options))

    return follow


def test_an_end_that_a_killed_supervisor_had_read_is_read_again(watch):
    now = time.time()
    told = [ExecutorStarted(time=now, pid=1), KernelStarted(time=now), Ended(time=now, state="Completed")]
    assert watch(*told).state is JobState.COMPLETED
    assert watch().state is JobState.COMPLETED


def test_an_executor_without_a_last_word_has_failed(watch):
    now = time.time()
    outcome = watch(ExecutorStarted(time=now, pid=1), KernelStarted(time=now))
    assert (outcome.state, outcome.cause.kind) == (JobState.FAILED, "executor_died")


@pytest.mark.integration
def test_a_warning_of_an_executor_is_in_the_job(watch, workspace):
    now, warning = time.time(), JobWarning(message="Something is missing.", cell=2)
    watch(ExecutorStarted(time=now, pid=1), Warned(time=now, warning=warning), Ended(time=now, state="Completed"))
    (job,) = workspace._context.store.jobs.list(JobQuery()).items
    assert workspace.jobs.get(job.name).warnings == [warning]


def test_an_end_after_which_something_happens_was_none(watch):
    now = time.time()
    started = [ExecutorStarted(time=now, pid=1), Ended(time=now, state="Completed"), KernelStarted(time=now)]
    assert watch(*started).state is JobState.FAILED


def test_a_job_that_was_killed_within_a_cell_is_not_completed(watch):
    now = time.time()
    started = [ExecutorStarted(time=now, pid=1, cells=[0]), KernelStarted(time=now), CellStarted(time=now, cell=0)]
    outcome = watch(*started, Ended(time=now, state="Completed"))
    assert (outcome.state, outcome.cause.kind) == (JobState.FAILED, "executor_died")
