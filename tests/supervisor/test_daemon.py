# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor's loop reads what has changed and nothing else, and no exception ends it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.store.events import EventStore
from jupyter_ml.store.queue import JobQueue
from jupyter_ml.store.requests import JobRequests
from jupyter_ml.store.store import Store
from jupyter_ml.supervisor import attempt
from jupyter_ml.supervisor.controllers.imports import ImportController
from jupyter_ml.supervisor.daemon import Daemon
from tests.store.jobs import job as queued
from tests.workspaces import TIMEOUT_S


@pytest.fixture
def calls(workspace, monkeypatch):
    """Count the calls of some methods; no other supervisor runs, and MLflow stays closed."""

    async def later(*_):
        return 600.0

    monkeypatch.setattr(ImportController, "reconcile", later)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    counts = {"requests": 0, "since": 0}

    def count(owner, name):
        original = getattr(owner, name)

        def counted(*args, **kwargs):
            counts[name] += 1
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, counted)

    count(JobRequests, "requests")
    count(EventStore, "since")
    return counts


@asynccontextmanager
async def running(workspace):
    daemon = Daemon(workspace._context, idle_exit_s=None)
    task = asyncio.create_task(daemon.run(lambda: True))
    try:
        async with asyncio.timeout(TIMEOUT_S):
            yield daemon
    finally:
        daemon.stop()
        await task
        daemon.close()


async def until(condition):
    while not condition():  # noqa: ASYNC110 -- it is the database that changes
        await asyncio.sleep(0.01)


def test_notifications_without_a_change_read_nothing(workspace, calls, monkeypatch):
    versions = []
    original = Store.version
    monkeypatch.setattr(Store, "version", lambda store: versions.append(original(store)) or versions[-1])

    async def check():
        async with running(workspace):
            await until(lambda: calls["requests"] == 2)  # of jobs and of deletions, once at the start
            await until(lambda: versions and versions[-1] is not None)  # the last change is some time ago
            await notified()
            read = calls["since"]
            for _ in range(5):
                await notified()
            assert (calls["since"], calls["requests"]) == (read, 2)
            await asyncio.to_thread(workspace._context.store.events.append, "job_changed", "other", "x")
            await notified()
            await until(lambda: calls["since"] > read)
            assert calls["requests"] == 2

    async def notified():
        rounds = len(versions)
        workspace._context.notify()
        await until(lambda: len(versions) > rounds)

    asyncio.run(check())


@pytest.mark.integration
def test_a_database_that_is_unavailable_for_a_while_ends_nothing(workspace, calls, monkeypatch):
    original, failures = EventStore.since, []

    def unavailable(self, *args):
        if len(failures) < 3:
            failures.append(args)
            raise UnavailableError("the database does not answer")
        return original(self, *args)

    async def check():
        async with running(workspace):
            await until(lambda: calls["requests"] == 2)
            monkeypatch.setattr(EventStore, "since", unavailable)
            job = await asyncio.to_thread(workspace.jobs.submit, CommandJob(command="true"))
            await asyncio.to_thread(workspace.jobs.cancel, job.name)
            store = workspace._context.store.jobs
            await until(lambda: store.get(job.name).state in (JobState.CANCELED, JobState.COMPLETED))
            assert len(failures) == 3

    asyncio.run(check())


def test_an_upgrade_of_the_workspace_ends_the_supervisor_and_changes_no_job(workspace, calls, monkeypatch, caplog):
    monkeypatch.setattr("jupyter_ml.supervisor.daemon.LIST_S", 0.01)
    store = workspace._context.store
    store.jobs.insert(queued("one"), host=None)

    async def check():
        monkeypatch.setattr(JobQueue, "claim", lambda *_, **__: [])
        daemon = Daemon(workspace._context, idle_exit_s=None)
        task = asyncio.create_task(daemon.run(lambda: True))
        await until(lambda: calls["requests"] == 2)
        with store._database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0815'"))
        async with asyncio.timeout(TIMEOUT_S):
            await task
        daemon.close()

    asyncio.run(check())
    assert "upgraded by another version of jupyter-ml to schema 0815" in caplog.text
    assert store.jobs.get("one").state is JobState.QUEUED


@pytest.mark.integration
@pytest.mark.parametrize("where", ["watch", "finalize"])
def test_an_internal_error_in_an_attempt_is_tried_again(workspace, calls, monkeypatch, where):
    monkeypatch.setattr("jupyter_ml.supervisor.daemon.RETRY_DELAY_S", 0.01)
    failures, original = [], getattr(attempt, where)

    async def broken(*args, **options):
        if len(failures) < 2:
            failures.append(where)
            raise RuntimeError("an error in the supervisor")
        return await original(*args, **options)

    async def check():
        async with running(workspace):
            store = workspace._context.store.jobs
            monkeypatch.setattr(attempt, where, broken)
            job = await asyncio.to_thread(workspace.jobs.submit, CommandJob(command="true"))
            await until(lambda: store.get(job.name).state in FINAL)
            return store.get(job.name)

    done = asyncio.run(check())
    assert (done.state, done.attempt, failures) == (JobState.COMPLETED, 1, [where] * 2)
