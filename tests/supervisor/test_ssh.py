# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor attaches a machine over SSH, and its jobs lose nothing when lines, servers and agents are killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from jupyter_ml.compute import registry
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.supervisor.daemon import Daemon
from tests.integration import SSH
from tests.workspaces import TIMEOUT_S, write_notebook

pytestmark = [pytest.mark.integration, SSH]

STREAM = """
import os, sys, time
os.makedirs('outputs', exist_ok=True)
open('outputs/where.txt', 'w').write(sys.prefix)
print(open('data.txt').read(), x)
for number in range(200):
    print(f'line {number}', flush=True)
    time.sleep(0.02)
"""


@pytest.fixture
def supervised(workspace, monkeypatch):
    """Let this process be the supervisor."""
    named = {"ssh": "jupyter_ml.compute.ssh.machine:SshMachine", "local": "jupyter_ml.compute.local:LocalCompute"}
    known = EntryPoints(EntryPoint(*each, registry.GROUP) for each in named.items())
    monkeypatch.setattr(registry, "_installed", lambda: known)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    monkeypatch.setattr("jupyter_ml.supervisor.controllers.computes.OBSERVE_S", 0.2)
    return workspace


@pytest.fixture
def lab(supervised, ssh_server):
    """Return a workspace to which a machine is being attached."""
    supervised.computes.create({"name": "lab", "type": "ssh", **ssh_server.settings()})
    return supervised


@asynccontextmanager
async def supervisor(workspace):
    daemon = Daemon(workspace._context, idle_exit_s=None)
    task = asyncio.create_task(daemon.run(lambda: True))
    try:
        async with asyncio.timeout(4 * TIMEOUT_S):
            yield
    finally:
        daemon.stop()
        await task
        daemon.close()


async def until(get, condition):
    while not condition(found := await asyncio.to_thread(get)):  # noqa: ASYNC110 -- of a database
        await asyncio.sleep(0.02)
    return found


def printed(workspace, name):
    """Return what a job has printed so far, as its event log has it."""
    path = workspace._context.layout.attempt(name, 1) / "events.jsonl"
    events = [event for event, _ in EventLogReader(path)] if path.exists() else []
    return "".join(
        event.text if event.type == "log" else event.output.get("text", "")
        for event in events
        if event.type in ("log", "output")
    )


def test_a_notebook_survives_all_that_is_killed(lab, ssh_server, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "data.txt").write_text("as it was")
    notebook = write_notebook(tmp_path / "code" / "a.ipynb", STREAM, parameters="x = 1")
    spec = NotebookJob(notebook=str(notebook), code=str(tmp_path / "code"), parameters={"x": 41}, compute="lab")

    async def check():
        async with supervisor(lab):
            await until(lambda: lab.computes.get("lab"), lambda found: found.state is ComputeState.RUNNING)
            name = lab.jobs.submit(spec).name
            await until(lambda: printed(lab, name), lambda text: "line 10\n" in text)
            assert ssh_server.cut()
            await until(lambda: printed(lab, name), lambda text: "line 40\n" in text)
            ssh_server.kill()
            await until(lambda: lab.computes.get("lab"), lambda found: found.state is ComputeState.FAILED)
            assert "cannot be reached" in lab.computes.get("lab").message
            ssh_server.start()
            await until(lambda: lab.computes.get("lab"), lambda found: found.state is ComputeState.RUNNING)
            for pid in ssh_server.agents():
                os.kill(pid, signal.SIGKILL)
            await until(lambda: printed(lab, name), lambda text: "line 150\n" in text)
        async with supervisor(lab):
            done = await until(lambda: lab.jobs.get(name), lambda job: job.state in FINAL)
            lab.computes.delete("lab")
            await until(lab.computes.list, lambda page: page.total == 1)
            return done

    done = asyncio.run(check())
    assert done.state is JobState.COMPLETED, done.cause
    assert printed(lab, done.name) == "as it was 41\n" + "".join(f"line {number}\n" for number in range(200))
    folder = lab.jobs.folder(done.name)
    assert (folder.stored_outputs / "where.txt").read_text().startswith(str(ssh_server.home))
    assert not [*(ssh_server.home / "j").iterdir()], "nothing is left there"
    assert not ssh_server.agents()
    assert not (lab.folder / "computes" / "lab").exists()


NAMES = """
import os, shutil, six, sys
print(six.__version__, sys.prefix, open(os.environ["JUPYTER_ML_LOCK"]).read().count("=="), shutil.which("tabulate"))
print(os.environ["GREETING"])
"""


def test_jobs_run_in_an_environment_that_is_sent_once(lab, ssh_server, tmp_path):
    """Two start at the same time; another one cannot have its packages there."""
    sent = ssh_server.home / ".cache" / "jupyter-ml" / "environments"
    shutil.rmtree(sent, ignore_errors=True)
    packages = ["six==1.16.0", "tabulate==0.9.0"]
    lab.environments.create({"name": "both", "requirements": packages, "variables": {"GREETING": "hello"}})
    notebook = write_notebook(tmp_path / "a.ipynb", NAMES)
    given = {"code": None, "compute": "lab", "environment": "azureml:both:1"}
    specs = [
        NotebookJob(notebook=str(notebook), **given),
        CommandJob(command="python -c 'import six; print(six.__version__)'; printf 'a 1' | tabulate -f plain", **given),
        CommandJob(command="true", **given | {"environment": {"requirements": ["six==99"]}}),
    ]

    async def check():
        async with supervisor(lab):
            await until(lambda: lab.computes.get("lab"), lambda found: found.state is ComputeState.RUNNING)
            names = [lab.jobs.submit(spec).name for spec in specs]
            jobs = [await until(lambda n=name: lab.jobs.get(n), lambda job: job.state in FINAL) for name in names]
            kernels = [each.name for each in lab.environments.kernel_folder().iterdir()]
            lab.computes.delete("lab")
            await until(lab.computes.list, lambda page: page.total == 1)
            return jobs, kernels

    [ran, ran_too, failed], kernels = asyncio.run(check())
    assert ran.state is JobState.COMPLETED, ran.cause
    version, prefix, locked, program, greeting = printed(lab, ran.name).split()
    assert (version, locked, greeting) == ("1.16.0", "2", "hello")
    folder = lab._context.layout.attempt(ran.name, 1)
    assert str(folder) in prefix, "what the job installs is its own"
    assert prefix.startswith(str(ssh_server.home))
    [environment] = sent.iterdir()
    assert program == str(environment / "bin" / "tabulate")
    assert printed(lab, ran_too.name) == "1.16.0\na  1\n"
    assert (folder / "packages.txt").read_text() == "six==1.16.0\ntabulate==0.9.0\n"
    assert failed.state is JobState.FAILED
    assert failed.cause.kind == "environment"
    assert "six==99" in failed.cause.message
    assert "jupyter-ml.lab.both" in kernels


@pytest.fixture
def elsewhere(ssh_server):
    """Return a server that the next test starts again on this machine."""
    yield ssh_server
    ssh_server.kill()


def test_the_clock_of_a_machine_neither_ends_a_job_nor_makes_its_times_wrong(supervised, elsewhere):
    spec = CommandJob(command="date +%s; sleep 1", code=None, compute="lab", limits={"timeout": 1_000})

    async def run():
        supervised.computes.create({"name": "lab", "type": "ssh", **elsewhere.settings()})
        async with supervisor(supervised):
            await until(lambda: supervised.computes.get("lab"), lambda found: found.state is ComputeState.RUNNING)
            name = supervised.jobs.submit(spec).name
            done = await until(lambda: supervised.jobs.get(name), lambda job: job.state in FINAL)
            supervised.computes.delete("lab")
            await until(supervised.computes.list, lambda page: page.total == 1)
        return done, now()

    for ahead_s in (-3_600, 3_600):
        elsewhere.kill()
        elsewhere.start_elsewhere(ahead_s)
        done, after = asyncio.run(run())
        assert done.state is JobState.COMPLETED, done.cause
        said_s = int(printed(supervised, done.name)) - done.started_at.timestamp()
        assert abs(said_s - ahead_s) < 1_000, "the clock there is another one"
        [attempt] = supervised._context.store.jobs.attempts(done.name)
        events = EventLogReader(supervised._context.layout.attempt(done.name, 1) / "events.jsonl")
        times = [datetime.fromtimestamp(event.time, UTC) for event, _ in events]
        assert done.started_at < times[0] < times[-1] <= done.ended_at < after
        assert attempt.ended_at == done.ended_at
        assert 1 < done.duration_s < (after - done.created_at).total_seconds()


def test_a_machine_that_is_gone_is_detached(lab, ssh_server):
    before = {*ssh_server.home.glob("j/*")}

    async def check():
        async with supervisor(lab):
            await until(lambda: lab.computes.get("lab"), lambda found: found.state is ComputeState.RUNNING)
            ssh_server.kill()
            lab.computes.delete("lab")
            await until(lab.computes.list, lambda page: page.total == 1)

    asyncio.run(check())
    ssh_server.start()
    [left] = {*(ssh_server.home / "j").iterdir()} - before
    for pid in ssh_server.agents():
        os.kill(pid, signal.SIGKILL)
    assert (left / "agent").is_dir()
    shutil.rmtree(left)
