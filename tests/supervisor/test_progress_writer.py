# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How far attempts are is stored together, and only where it has changed."""

from __future__ import annotations

import asyncio
import time

import pytest

from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.errors import UnavailableError
from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.schemas.event_log import CellStarted, ExecutorStarted, KernelStarted, Sample, Usage
from jupyter_ml.schemas.jobs import Progress
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.submission import record_of
from jupyter_ml.store.attempts import AttemptProgress
from jupyter_ml.store.queue import JobQueue
from jupyter_ml.supervisor import progress_writer
from jupyter_ml.supervisor.event_log import EventLogCopy
from jupyter_ml.supervisor.mirroring import Mirror
from jupyter_ml.supervisor.named_data import DataResponses
from jupyter_ml.supervisor.progress_writer import ProgressWriter
from jupyter_ml.supervisor.threads import Threads

USAGE = Usage(cpu_percent=0, memory_bytes=1)


@pytest.fixture
def stored(monkeypatch):
    """Return the offsets by job of each transaction."""
    transactions, original = [], JobQueue.store_progress

    def progress(self, each):
        transactions.append({one.name: one.offset for one in each})
        original(self, each)

    monkeypatch.setattr(JobQueue, "store_progress", progress)
    return transactions


def progress(name, offset):
    return AttemptProgress(name=name, attempt=1, offset=offset, progress=Progress(), usage=None)


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def test_many_jobs_are_stored_in_one_transaction(workspace, stored, monkeypatch):
    monkeypatch.setattr(progress_writer, "INTERVAL_S", 0.01)

    async def check():
        collected = ProgressWriter(workspace._context, Threads())
        for offset in (1, 2):
            for name in ("a", "b"):
                collected.add(progress(name, offset))
        await until(lambda: stored)
        assert stored == [{"a": 2, "b": 2}]
        collected.add(progress("b", 3))
        await until(lambda: len(stored) > 1)
        assert stored[1:] == [{"b": 3}]

    asyncio.run(check())


def test_a_job_that_ends_is_stored_at_once_and_alone(workspace, stored, monkeypatch):
    monkeypatch.setattr(progress_writer, "DELAY_S", 600)

    async def check():
        collected = ProgressWriter(workspace._context, Threads())
        for name in ("a", "b"):
            collected.add(progress(name, 1))
        await collected.flush("a")
        await collected.flush("a")
        assert stored == [{"a": 1}]

    asyncio.run(check())


def test_a_database_that_is_locked_for_a_while_loses_nothing(workspace, monkeypatch):
    monkeypatch.setattr(progress_writer, "DELAY_S", 0)
    monkeypatch.setattr(progress_writer, "INTERVAL_S", 0.01)
    transactions = []

    def locked(_, each):
        transactions.append({one.name: one.offset for one in each})
        if len(transactions) == 1:
            collected.add(progress("b", 2))
            raise UnavailableError("the database is locked")

    monkeypatch.setattr(JobQueue, "store_progress", locked)

    async def check():
        nonlocal collected
        collected = ProgressWriter(workspace._context, Threads())
        for name in ("a", "b"):
            collected.add(progress(name, 1))
        await until(lambda: len(transactions) > 1)
        assert transactions[1] == {"a": 1, "b": 2}, "what is newer stays"

    collected = None
    asyncio.run(check())


def test_an_unchanged_measurement_is_not_stored(workspace, stored, monkeypatch):
    monkeypatch.setattr(progress_writer, "DELAY_S", 0)
    monkeypatch.setattr(progress_writer, "INTERVAL_S", 0)
    context = workspace._context
    job = record_of(CommandJob(command="true"), {}, "default", None).model_copy(update={"state": JobState.PREPARING})
    job = context.store.jobs.insert(job, host=None)
    folder = AttemptFolder(context.layout.attempt(job.name, job.attempt))
    folder.path.mkdir(parents=True)
    writer = EventLogWriter(folder.event_log)

    async def check():
        collected, threads = ProgressWriter(context, Threads()), Threads()
        mirror = Mirror(LocalCompute("local"), threads, folder)
        responses = DataResponses(context, threads, job, folder, mirror)
        log = EventLogCopy(context, threads, collected, job, folder, responses=responses)

        async def read(*events):
            for event in events:
                writer.write(event)
            assert log.grown()
            news, transactions = await log.read(), len(stored)
            await collected.flush(job.name)
            return news, len(stored) > transactions

        now = time.time()
        assert (await read(ExecutorStarted(time=now, pid=1), KernelStarted(time=now)))[0]
        assert await read(Sample(time=now, usage=USAGE)) == (False, True)
        assert await read(Sample(time=now + 1, usage=USAGE)) == (False, False)
        assert context.store.jobs.get(job.name).usage == USAGE
        assert await read(CellStarted(time=now + 2, cell=0)) == (True, True)
        assert context.store.jobs.offset(job.name) == folder.event_log.stat().st_size

    asyncio.run(check())
    writer.close()
