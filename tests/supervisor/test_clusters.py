# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A cluster grows with the queue and shrinks again, and jobs on its nodes outlive what is killed around them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import psutil
import pytest

from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.nodes import NodeState
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.supervisor.daemon import Daemon
from tests.integration import KILLS
from tests.workspaces import TIMEOUT_S

pytestmark = [pytest.mark.integration, KILLS]


@pytest.fixture
def cluster(workspace, monkeypatch):
    """Return a function that creates a cluster; let this process be the supervisor, and leave no process."""
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)

    def create(**settings):
        given = {"name": "c", "type": "amlcompute", "max_instances": 3, "idle_time_before_scale_down": 1, **settings}
        workspace.computes.create(given)
        return workspace

    yield create
    left = processes(workspace)
    for process in left:
        process.kill()
    assert not left


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


def submit(workspace, command):
    return workspace.jobs.submit(CommandJob(command=command, code=None, compute="azureml:c")).name


async def started(workspace):
    found = await until(lambda: workspace.computes.get("c"), lambda each: each.state is not ComputeState.CREATING)
    assert found.state is ComputeState.RUNNING, found.message


async def ended(workspace, name):
    return await until(lambda: workspace.jobs.get(name), lambda job: job.state in FINAL)


async def deleted(workspace):
    workspace.computes.delete("c")
    await until(workspace.computes.list, lambda page: page.total == 1)


def test_it_grows_with_the_queue_and_shrinks_again(cluster):
    workspace = cluster(shared_files=False)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            assert not workspace.computes.nodes("c").nodes
            names = [submit(workspace, f"echo {number}; sleep 2") for number in range(6)]
            grown = await until(
                lambda: workspace.computes.nodes("c").nodes,
                lambda nodes: [each.state for each in nodes] == [NodeState.RUNNING] * 3,
            )
            assert {each.jobs for each in grown} == {1}
            jobs = [await ended(workspace, name) for name in names]
            await until(lambda: workspace.computes.nodes("c").nodes, lambda nodes: not nodes)
            await deleted(workspace)
        return jobs

    for number, job in enumerate(asyncio.run(check())):
        assert job.state is JobState.COMPLETED, job.cause
        assert workspace.jobs.folder(job.name).std_log.read_text() == f"{number}\n"
    assert not (workspace.folder / "computes" / "c").exists()


def test_jobs_outlive_the_supervisor_the_manager_and_the_worker(cluster):
    workspace = cluster(max_instances=1)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            name = submit(workspace, "echo begun; while [ ! -e go ]; do sleep 0.1; done; echo done")
            await until(lambda: workspace.jobs.get(name), lambda job: job.state is JobState.RUNNING)
        [node] = workspace.computes.nodes("c").nodes
        [manager] = of(workspace, "jupyter_ml.compute.dask")
        manager.kill()
        [worker] = [
            each for each in of(workspace, "dask_worker") if not any("holder" in p for p in each.info["cmdline"])
        ]
        worker.kill()
        async with supervisor(workspace):
            folder = workspace.jobs.folder(name)
            await until(lambda: workspace.computes.nodes("c").nodes, lambda nodes: any(each.jobs for each in nodes))
            (folder.work / "go").touch()
            done = await ended(workspace, name)
            assert [each.id for each in workspace.computes.nodes("c").nodes] == [node.id], "it was found again"
            await deleted(workspace)
        return done

    done = asyncio.run(check())
    assert done.state is JobState.COMPLETED, done.cause
    assert workspace.jobs.folder(done.name).std_log.read_text() == "begun\ndone\n"


def test_a_killed_node_fails_its_job_with_that_cause(cluster):
    workspace = cluster(max_instances=1, shared_files=False)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            name = submit(workspace, "echo $$; sleep 600")
            await until(lambda: workspace.jobs.get(name), lambda job: job.state is JobState.RUNNING)
            [holder] = [each for each in of(workspace, "holder.py") if "holder" in "".join(each.info["cmdline"][:4])]
            for process in [*holder.children(), holder]:
                process.kill()
            done = await ended(workspace, name)
            await deleted(workspace)
        return done

    done = asyncio.run(check())
    assert done.state is JobState.FAILED
    assert "is lost" in done.cause.message
