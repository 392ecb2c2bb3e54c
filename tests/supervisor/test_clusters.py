# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A cluster grows with the queue and shrinks again, and jobs on its nodes outlive what is killed around them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from contextlib import asynccontextmanager

import psutil
import pytest

from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.formatting import queue_text
from jupyter_ml.schemas.nodes import NodeState
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.supervisor.daemon import Daemon
from tests.integration import KILLS
from tests.slurm import OPTIONS, free_ports, running, slurm_command
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
        with contextlib.suppress(psutil.NoSuchProcess):
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
            await deleted(workspace)
        return done, failed

    done, failed = asyncio.run(check())
    assert done.state is JobState.COMPLETED, done.cause
    assert workspace.jobs.folder(done.name).std_log.read_text() == "ran\n"
    assert failed.state is JobState.FAILED
    assert re.search(r"is lost: job \d+ of Slurm is CANCELLED", failed.cause.message), failed.cause.message
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
            lost = submit_distributed(workspace, f"touch {tmp_path}/lost-$RANK; sleep 600")
            await until(lambda: [*tmp_path.glob("lost-*")], lambda found: len(found) == 4)
            holder = of(workspace, "holder.py")[-1]
            for process in [*holder.children(), holder]:
                process.kill()
            jobs.append(await ended(workspace, lost))
            await deleted(workspace)
        return jobs

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
    assert lost.state is JobState.FAILED
    assert re.match(r"Node [01], \w+: .*is lost", lost.cause.message), lost.cause.message
