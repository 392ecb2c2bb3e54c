# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A cluster grows with the queue and shrinks again, and its jobs run on one node or on several."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys

import pytest

from jupyter_ml.schemas.formatting import queue_text
from jupyter_ml.schemas.nodes import NodeState
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from tests.integration import KILLS
from tests.slurm import OPTIONS, free_ports, running, slurm_command
from tests.supervisor.clusters import deleted, ended, kill_a_node, started, submit, supervisor, until

pytestmark = [pytest.mark.integration, KILLS]


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


def test_jobs_wait_for_slurm_and_end_with_its_jobs(cluster, slurm):
    workspace = cluster(deployer="slurm", options=OPTIONS, max_instances=1)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            slurm_command("scontrol", "update", "partitionname=main", "state=down")
            waits = submit(workspace, "echo ran")
            shown = await until(
                lambda: workspace.computes.get("c").message, lambda message: message and "PENDING" in message
            )
            assert re.fullmatch(
                r"1 of 1 nodes are being prepared: job \d+ of Slurm is PENDING \(PartitionDown\)", shown
            )
            assert workspace.jobs.get(waits).state is JobState.QUEUED
            assert f"waits for a node of c: {shown}" in queue_text(workspace.jobs.queue_position(waits), "c")
            canceled = submit(workspace, "true")
            workspace.jobs.cancel(canceled)
            slurm_command("scontrol", "update", "partitionname=main", "state=up")
            done = await ended(workspace, waits)
            lost = submit(workspace, "sleep 600")
            await until(lambda: workspace.jobs.get(lost), lambda job: job.state is JobState.RUNNING)
            slurm_command("scancel", "--partition=main")
            failed = await ended(workspace, lost)
            preempted = submit(workspace, "sleep 600")
            await until(lambda: workspace.jobs.get(preempted), lambda job: job.state is JobState.RUNNING)
            slurm_command(
                "scontrol", "requeue", slurm_command("squeue", "--noheader", "--states=running", "--format=%i")
            )
            requeued = await ended(workspace, preempted)
            await deleted(workspace)
        return done, failed, requeued

    done, failed, requeued = asyncio.run(check())
    assert done.state is JobState.COMPLETED, done.cause
    assert workspace.jobs.folder(done.name).std_log.read_text() == "ran\n"
    assert failed.state is JobState.FAILED
    assert re.search(r"is lost: job \d+ of Slurm is CANCELLED", failed.cause.message), failed.cause.message
    assert requeued.state is JobState.FAILED
    assert re.search(r"is lost: job \d+ of Slurm is PENDING", requeued.cause.message), requeued.cause.message
    assert slurm_command("squeue", "--noheader", "--states=running,pending") == ""


@pytest.fixture
def scheduler(tmp_path):
    """Run a scheduler with one worker, as a user has started them; yield its address."""
    with contextlib.ExitStack() as stack:
        dask = [sys.executable, "-m", "distributed.cli.dask_"]
        (port,) = free_ports(1)
        address = f"tcp://127.0.0.1:{port}"
        for name, options in (
            ("scheduler", ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]),
            ("worker", [address, "--no-dashboard", "--local-directory", str(tmp_path)]),
        ):
            stack.enter_context(running(tmp_path, *dask[:-1], f"{dask[-1]}{name}", *options))
        yield address


def test_the_workers_of_a_scheduler_are_nodes(cluster, scheduler):
    workspace = cluster(address=scheduler, shared_files=False, max_instances=5)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            names = [submit(workspace, "echo 0")]
            given = {"requirements": ["six==1.16.0"]}
            names.append(submit(workspace, "python -c 'import six; print(six.__version__)'", environment=given))
            jobs = [await ended(workspace, name) for name in names]
            await deleted(workspace)
        return jobs

    for printed, job in zip(("0", "1.16.0"), asyncio.run(check()), strict=True):
        assert job.state is JobState.COMPLETED, job.cause
        assert workspace.jobs.folder(job.name).std_log.read_text() == f"{printed}\n"


MEET = """
import os, pathlib, socket
address = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
pathlib.Path(f"outputs/{rank}.txt").write_text(os.environ["NODE_RANK"])
if rank == 0:
    listener, met = socket.create_server(address), 0
    while met < size - 1:
        met += len(listener.accept()[0].recv(1))
    print(f"met {met}")
else:
    while True:
        try:
            with socket.create_connection(address) as connection:
                connection.sendall(b"x")
            break
        except ConnectionRefusedError:
            pass
"""


def submit_distributed(workspace, command, **more):
    distribution = {"type": "pytorch", "process_count_per_instance": 2}
    given = {"command": command, "compute": "c", "resources": {"instance_count": 2}, "distribution": distribution}
    return workspace.jobs.submit(CommandJob(**given, **more)).name


@pytest.mark.parametrize("shared_files", [False, True])
def test_a_job_runs_on_several_nodes(cluster, tmp_path, shared_files):
    workspace = cluster(max_instances=2, shared_files=shared_files)
    (tmp_path / "meet.py").write_text(MEET)

    async def check():
        async with supervisor(workspace):
            await started(workspace)
            met = submit_distributed(workspace, "python meet.py", code=f"{tmp_path}")
            failing = submit_distributed(workspace, "[ $RANK = 3 ] && exit 5; sleep 600")
            endless = submit_distributed(workspace, f"touch {tmp_path}/ran-$RANK; sleep 600")
            jobs = [await ended(workspace, name) for name in (met, failing)]
            await until(lambda: [*tmp_path.glob("ran-*")], lambda found: len(found) == 4)
            await until(lambda: workspace.jobs.get(endless), lambda job: job.state is JobState.RUNNING)
        async with supervisor(workspace):
            workspace.jobs.cancel(endless)
            jobs.append(await ended(workspace, endless))
            command = f"[ -e {tmp_path}/lost-$RANK ] && echo again || {{ touch {tmp_path}/lost-$RANK; sleep 600; }}"
            lost = submit_distributed(workspace, command, retries=1)
            await until(lambda: [*tmp_path.glob("lost-*")], lambda found: len(found) == 4)
            nodes.append(nodes_of(lost))
            kill_a_node(workspace)
            jobs.append(await ended(workspace, lost))
            nodes.append(nodes_of(lost))
            await deleted(workspace)
        return jobs

    def nodes_of(name):
        found = workspace._context.store.jobs.process(name)
        return {each["node"] for each in (found, *found["others"])}

    nodes = []
    met, failed, canceled, lost = asyncio.run(check())
    assert met.state is JobState.COMPLETED, met.cause
    folder = workspace.jobs.folder(met.name)
    assert folder.process_log(0).read_text() == "met 3\n"
    assert [folder.process_log(rank).exists() for rank in range(4)] == [True] * 4
    written = {each.name: each.read_text() for each in folder.stored_outputs.iterdir()}
    assert written == {f"{rank}.txt": f"{rank // 2}" for rank in range(4)}
    assert failed.state is JobState.FAILED
    assert re.fullmatch(r"Node 1, \w+: Process 3 of the command ended with exit code 5\.", failed.cause.message)
    assert canceled.state is JobState.CANCELED
    assert (lost.state, lost.attempt) == (JobState.COMPLETED, 2), lost.cause
    first, _ = workspace._context.store.jobs.attempts(lost.name)
    assert re.match(r"Node [01], \w+: .*is lost", first.cause.message), first.cause.message
    assert [len(each) for each in nodes] == [2, 2]
    assert len(nodes[0] & nodes[1]) == 1, "another one in place of the one that is lost"
    assert [workspace.jobs.folder(lost.name).process_log(rank).read_text() for rank in range(4)] == ["again\n"] * 4
