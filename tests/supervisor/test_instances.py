# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor creates an instance, runs jobs on it, and finds it again after it was replaced."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from jupyter_ml.compute import registry
from jupyter_ml.compute.docker.engine import engine
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.supervisor.daemon import Daemon
from tests.docker_engine import IMAGE
from tests.integration import KILLS
from tests.workspaces import TIMEOUT_S, write_notebook

pytestmark = [pytest.mark.integration, KILLS]


@pytest.fixture
def instances(workspace, docker_engine, monkeypatch):
    """Let this process be the supervisor, and remove what is left in the end."""
    named = {
        "instance": "jupyter_ml.compute.docker.instance:Instance",
        "local": "jupyter_ml.compute.local:LocalCompute",
    }
    known = EntryPoints(EntryPoint(*each, registry.GROUP) for each in named.items())
    monkeypatch.setattr(registry, "_installed", lambda: known)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    workspace.computes.create({"name": "box", "type": "computeinstance", "image": IMAGE, "memory": "400MB"})
    yield workspace
    for container in containers():
        container.remove(force=True)


def containers():
    return engine().containers.list(all=True, filters={"label": "jupyter-ml.compute", "name": "jupyter-ml-box"})


@asynccontextmanager
async def supervisor(workspace):
    daemon = Daemon(workspace._context, idle_exit_s=None)
    task = asyncio.create_task(daemon.run(lambda: True))
    try:
        async with asyncio.timeout(TIMEOUT_S):
            yield
    finally:
        daemon.stop()
        await task
        daemon.close()


async def until(get, condition):
    while not condition(found := await asyncio.to_thread(get)):  # noqa: ASYNC110 -- of a database
        await asyncio.sleep(0.05)
    return found


def test_jobs_run_on_an_instance_and_outlive_the_supervisor(instances, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "data.txt").write_text("as it was")
    source = (
        "import os\n"
        "os.makedirs('outputs', exist_ok=True)\n"
        "print(open('/etc/hostname').read(), os.getuid(), file=open('outputs/where.txt', 'w'))\n"
        "print(x + 1)"
    )
    notebook = write_notebook(tmp_path / "a.ipynb", source, parameters="x = 1")
    python = Path("/usr/bin/python3").resolve().name.removeprefix("python")  # that of the image
    given = {"requirements": ["six==1.16.0"], "python": python}
    hungry = "python3 -c 'x = bytearray(900_000_000); x[:] = b\"1\" * len(x)'"

    def submit(**fields):
        return instances.jobs.submit(CommandJob(**{"code": None, "compute": "azureml:box", **fields})).name

    async def check():
        async with supervisor(instances):
            await until(lambda: instances.computes.get("box"), lambda box: box.state is ComputeState.RUNNING)
            copied = submit(command="cat data.txt; sleep 3; echo done", code=str(tmp_path / "code"))
            await until(lambda: instances.jobs.get(copied), lambda job: job.state is JobState.RUNNING)
        async with supervisor(instances):
            spec = NotebookJob(notebook=str(notebook), code=None, parameters={"x": 41}, compute="box")
            installed = submit(
                command="python -c 'import six; print(six.__version__, six.__file__)'", environment=given
            )
            names = [copied, instances.jobs.submit(spec).name, submit(command=hungry), installed]
            jobs = [await until(lambda n=name: instances.jobs.get(n), lambda job: job.state in FINAL) for name in names]
            instances.computes.delete("box")
            await until(instances.computes.list, lambda page: page.total == 1)
        return jobs

    copied, ran, killed, installed = asyncio.run(check())
    assert copied.state is JobState.COMPLETED, copied.cause
    log = instances.jobs.folder(copied.name).std_log.read_text()
    assert "as it was" in log
    assert "done" in log
    assert ran.state is JobState.COMPLETED, ran.cause
    folder = instances.jobs.folder(ran.name)
    assert '"42\\n"' in folder.output.read_text()
    hostname, user = (folder.stored_outputs / "where.txt").read_text().split()
    assert user != "0"
    assert len(hostname) == 12, "that of a container"
    assert killed.state is JobState.FAILED
    assert "memory" in killed.cause.message
    assert installed.state is JobState.COMPLETED, installed.cause
    printed = instances.jobs.folder(installed.name).std_log.read_text()
    assert printed.startswith("1.16.0 /home/jupyter-ml/.cache/jupyter-ml/environments/")
    assert not containers()
    assert not (instances.folder / "computes" / "box").exists()


FORKS = """
import os, time
while True:
    if not os.fork():
        time.sleep(600)
"""


@pytest.fixture
def small_home(instances):
    """Let the home directory of the instance be on a disk of 30 MB."""
    home = instances.folder / "computes" / "box" / "home"
    home.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m", "small", str(home)], check=True)
    yield
    subprocess.run(["umount", "-l", str(home)], check=True)


@pytest.mark.usefixtures("small_home")
def test_a_job_that_uses_up_what_there_is_fails_and_the_next_one_runs(instances):
    """Memory for temporary files, the disk, and processes."""
    instances.computes.update("box", {"slots": 1, "settings": {"pids": 64}})
    commands = [
        "head -c 300M /dev/zero > /tmp/large || { rm /tmp/large; exit 3; }",
        "head -c 100M /dev/zero > large",
        f"python3 -c '{FORKS}'",
        "echo ran",
    ]

    async def check():
        async with supervisor(instances):
            await until(lambda: instances.computes.get("box"), lambda box: box.state is ComputeState.RUNNING)
            [container] = await asyncio.to_thread(containers)
            specs = [CommandJob(command=each, code=None, compute="box") for each in commands]
            names = [instances.jobs.submit(each).name for each in specs]
            jobs = [await until(lambda n=name: instances.jobs.get(n), lambda job: job.state in FINAL) for name in names]
            [same] = await asyncio.to_thread(containers)
            assert (same.id, same.status) == (container.id, "running")
        return jobs

    jobs = asyncio.run(check())
    logs = [instances.jobs.folder(job.name).std_log.read_text() for job in jobs]
    temporary, disk, processes, ran = jobs
    assert (temporary.state, temporary.cause.exit_code) == (JobState.FAILED, 3)
    assert "No space left on device" in logs[0]
    assert (disk.state, disk.cause.kind) == (JobState.FAILED, "disk_full")
    assert processes.state is JobState.FAILED
    assert "Resource temporarily unavailable" in logs[2]
    assert (ran.state, logs[3]) == (JobState.COMPLETED, "ran\n"), ran.cause


def test_it_is_stopped_when_it_is_idle_and_never_under_a_job(instances, monkeypatch):
    """By the real clock, with minutes that are shorter."""
    monkeypatch.setattr("jupyter_ml.compute.docker.instance.MINUTE_S", 3.0)
    instances.computes.update("box", {"settings": {"idle_time_before_shutdown_minutes": 1}})

    def box():
        return instances.computes.get("box")

    async def check():
        async with supervisor(instances):
            await until(box, lambda box: box.state is ComputeState.RUNNING)
            job = instances.jobs.submit(CommandJob(command="sleep 7", code=None, compute="box"))
            states = set()
            while (found := await asyncio.to_thread(instances.jobs.get, job.name)).state not in FINAL:
                states.add((await asyncio.to_thread(box)).state)
            stopped = await until(box, lambda box: box.state is ComputeState.STOPPED)
            [container] = await asyncio.to_thread(containers)
            instances.computes.start("box")
            await until(box, lambda box: box.state is ComputeState.RUNNING)
        return found, states, stopped, container.status

    job, states, stopped, status = asyncio.run(check())
    assert job.state is JobState.COMPLETED, job.cause
    assert states == {ComputeState.RUNNING}
    assert status == "exited"
    assert "minutes without work" in stopped.message
    assert (stopped.changed_at - job.ended_at).total_seconds() >= 3


def test_its_schedules_stop_it_after_its_job_and_start_it(instances):
    """By the real clock."""

    def box():
        return instances.computes.get("box")

    def soon(action):
        at = (now() + timedelta(seconds=1)).isoformat()
        schedule = {"action": action, "trigger": {"type": "recurrence", "frequency": "day", "start_time": at}}
        instances.computes.update("box", {"settings": {"schedules": {"compute_start_stop": [schedule]}}})

    async def check():
        async with supervisor(instances):
            await until(box, lambda box: box.state is ComputeState.RUNNING)
            job = instances.jobs.submit(CommandJob(command="sleep 3", code=None, compute="box"))
            soon("stop")
            stopped = await until(box, lambda box: box.state is ComputeState.STOPPED)
            soon("start")
            started = await until(box, lambda box: box.state is ComputeState.RUNNING)
        return instances.jobs.get(job.name), stopped, started

    job, stopped, started = asyncio.run(check())
    assert job.state is JobState.COMPLETED, job.cause
    assert (stopped.message, started.message) == ("stopped by its schedule", "started by its schedule")
    assert stopped.changed_at > job.ended_at


def test_a_killed_engine_is_reported_and_its_job_ends_with_the_cause(instances, engine_process):
    def box():
        return instances.computes.get("box")

    async def check():
        async with supervisor(instances):
            await until(box, lambda box: box.state is ComputeState.RUNNING)
            job = instances.jobs.submit(CommandJob(command="sleep 600", code=None, compute="box"))
            await until(lambda: instances.jobs.get(job.name), lambda job: job.state is JobState.RUNNING)
            await asyncio.to_thread(engine_process.end, signal.SIGKILL)
            failed = await until(box, lambda box: box.state is ComputeState.FAILED)
            running = instances.jobs.get(job.name).state
            await asyncio.to_thread(engine_process.start)
            ended = await until(lambda: instances.jobs.get(job.name), lambda job: job.state in FINAL)
            explained = await until(box, lambda box: "ended by SIG" in (box.message or ""))
            instances.computes.start("box")
            await until(box, lambda box: box.state is ComputeState.RUNNING)
        return failed, running, ended, explained

    failed, running, ended, explained = asyncio.run(check())
    assert explained.state is ComputeState.FAILED
    assert explained.message.endswith("together with Docker; start it by: jupyter ml compute start box")
    assert "whose engine does not answer" in failed.message
    assert running is JobState.RUNNING
    assert ended.state is JobState.FAILED
    assert "the container of compute 'box' was ended by SIG" in ended.cause.message
    assert "memory" not in ended.cause.hint
    assert "Start the compute" in ended.cause.hint


def test_a_killed_container_has_failed_and_can_be_started(instances):
    def box():
        return instances.computes.get("box")

    async def check():
        async with supervisor(instances):
            await until(box, lambda box: box.state is ComputeState.RUNNING)
            [container] = await asyncio.to_thread(containers)
            await asyncio.to_thread(container.kill)
            failed = await until(box, lambda box: box.state is not ComputeState.RUNNING)
            with pytest.raises(InvalidInputError, match="start it by: jupyter ml compute start box"):
                instances.jobs.submit(CommandJob(command="true", code=None, compute="box"))
            instances.computes.start("box")
            await until(box, lambda box: box.state is ComputeState.RUNNING)
        return failed

    failed = asyncio.run(check())
    assert failed.state is ComputeState.FAILED
    how = "its container was ended by SIGKILL (exit code 137), by a user or together with Docker"
    assert failed.message == f"{how}; start it by: jupyter ml compute start box"
