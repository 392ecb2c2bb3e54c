# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs on the nodes of a cluster outlive what is killed around them, and run at most once when their node is."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_ml.schemas.states import JobState
from jupyter_ml.supervisor.attempt_nodes import AttemptNode
from tests.integration import KILLS
from tests.supervisor.clusters import deleted, ended, kill_a_node, of, started, submit, supervisor, until

pytestmark = [pytest.mark.integration, KILLS]


def test_jobs_outlive_the_supervisor_the_manager_and_the_worker(cluster, tmp_path):
    workspace = cluster(max_instances=1, shared_files=False)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            name = submit(workspace, f"echo begun; while [ ! -e {tmp_path}/go ]; do sleep 0.1; done; echo done")
            await until(lambda: workspace.jobs.get(name), lambda job: job.state is JobState.RUNNING)
        [node] = workspace.computes.nodes("c").nodes
        [manager] = of(workspace, "jupyter_ml.compute.dask")
        manager.kill()
        [worker] = [
            each for each in of(workspace, "dask_worker") if not any("holder" in p for p in each.info["cmdline"])
        ]
        worker.kill()
        async with supervisor(workspace):
            await until(lambda: workspace.computes.nodes("c").nodes, lambda nodes: any(each.jobs for each in nodes))
            (tmp_path / "go").touch()
            done = await ended(workspace, name)
            assert [each.id for each in workspace.computes.nodes("c").nodes] == [node.id], "it was found again"
            await deleted(workspace)
        return done

    done = asyncio.run(check())
    assert done.state is JobState.COMPLETED, done.cause
    assert workspace.jobs.folder(done.name).std_log.read_text() == "begun\ndone\n"


def test_a_killed_node_fails_its_job_with_that_cause(cluster):
    workspace = cluster(max_instances=1, shared_files=False)

    async def running():
        name = submit(workspace, "sleep 600")
        await until(lambda: workspace.jobs.get(name), lambda job: job.state is JobState.RUNNING)
        return name

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            name = await running()
            kill_a_node(workspace)
            jobs = [await ended(workspace, name)]
            name = await running()
        kill_a_node(workspace)
        async with supervisor(workspace):
            jobs.append(await ended(workspace, name))
            await deleted(workspace)
        return jobs

    for done in asyncio.run(check()):
        assert done.state is JobState.FAILED
        assert "is lost" in done.cause.message


@pytest.mark.parametrize("shared_files", [False, True])
def test_a_job_whose_node_is_lost_before_it_runs_is_queued_again(cluster, monkeypatch, shared_files):
    workspace, sent, send = cluster(max_instances=1, shared_files=shared_files), [], AttemptNode.send

    async def killing(node, executor):
        sent.append(node.compute.node)
        if len(sent) == 1:
            kill_a_node(workspace)
        return await send(node, executor)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            name = submit(workspace, "echo ran")
            done = await ended(workspace, name)
            await deleted(workspace)
        return done

    monkeypatch.setattr(AttemptNode, "send", killing)
    done = asyncio.run(check())
    assert done.state is JobState.COMPLETED, done.cause
    assert (done.attempt, done.cause) == (1, None)
    assert workspace.jobs.folder(done.name).std_log.read_text() == "ran\n"
    assert len({*sent}) == len(sent) == 2, "another node"
