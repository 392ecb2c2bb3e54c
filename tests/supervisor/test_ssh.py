# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor attaches a machine over SSH, and its jobs lose nothing when lines, servers and agents are killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from jupyter_ml.compute import registry
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.specs import NotebookJob
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
def lab(workspace, ssh_server, monkeypatch):
    """Let this process be the supervisor; return a workspace to which a machine is being attached."""
    named = {"ssh": "jupyter_ml.compute.ssh.machine:SshMachine", "local": "jupyter_ml.compute.local:LocalCompute"}
    known = EntryPoints(EntryPoint(*each, registry.GROUP) for each in named.items())
    monkeypatch.setattr(registry, "_installed", lambda: known)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    monkeypatch.setattr("jupyter_ml.supervisor.controllers.computes.OBSERVE_S", 0.2)
    workspace.computes.create({"name": "lab", "type": "ssh", **ssh_server.settings()})
    return workspace


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
