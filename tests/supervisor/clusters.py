# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A cluster of a workspace whose supervisor is the process of the tests."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager

import psutil
import pytest

from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import FINAL
from jupyter_ml.supervisor.daemon import Daemon
from tests.workspaces import TIMEOUT_S
from tests.workspaces import until as wait_until


@pytest.fixture
def cluster(workspace, monkeypatch):
    """Return a function that creates a cluster; let this process be the supervisor, and leave no process."""
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)

    def create(**settings):
        given = {"name": "c", "type": "amlcompute", "max_instances": 3, "idle_time_before_scale_down": 1, **settings}
        workspace.computes.create(given)
        return workspace

    yield create
    try:
        wait_until(lambda: not processes(workspace), timeout=60)
    finally:
        for process in processes(workspace):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def processes(workspace) -> list[psutil.Process]:
    """Return the processes of the cluster: its manager, and holders and workers of nodes."""
    directory = str(workspace.folder / "computes" / "c")
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if any(directory in each for each in command) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def of(workspace, word: str) -> list[psutil.Process]:
    return [each for each in processes(workspace) if any(word in part for part in each.info["cmdline"])]


@asynccontextmanager
async def supervisor(workspace):
    daemon = Daemon(workspace._context, idle_exit_s=None)
    task = asyncio.create_task(daemon.run(lambda: True))
    try:
        async with asyncio.timeout(TIMEOUT_S):
            yield daemon
    finally:
        daemon.stop()
        await task
        daemon.close()


async def until(get, condition):
    while not condition(found := await asyncio.to_thread(get)):  # noqa: ASYNC110 -- of a database
        await asyncio.sleep(0.05)
    return found


def submit(workspace, command, **fields):
    return workspace.jobs.submit(CommandJob(command=command, code=None, compute="azureml:c", **fields)).name


async def started(workspace):
    found = await until(lambda: workspace.computes.get("c"), lambda each: each.state is not ComputeState.CREATING)
    assert found.state is ComputeState.RUNNING, found.message


async def ended(workspace, name):
    return await until(lambda: workspace.jobs.get(name), lambda job: job.state in FINAL)


async def deleted(workspace):
    workspace.computes.delete("c")
    await until(workspace.computes.list, lambda page: page.total == 1)


def kill_a_node(workspace):
    holder = of(workspace, "holder.py")[-1]
    for process in [*holder.children(), holder]:
        process.kill()
