# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor runs jobs on a compute that shares no files with it, and goes on after it was replaced."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from jupyter_ml.compute import registry
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.supervisor.daemon import Daemon
from tests.compute.agents import agent_settings
from tests.workspaces import TIMEOUT_S, write_notebook

pytestmark = pytest.mark.integration


@pytest.fixture
def remote(workspace, monkeypatch):
    """Configure the workspace's compute as one behind a socket; return its root."""
    kinds = EntryPoints([EntryPoint("remote", "tests.compute.agents:RelayCompute", registry.GROUP)])
    monkeypatch.setattr(registry, "_installed", lambda: kinds)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    original = registry.create
    with agent_settings() as settings:
        changes = {"type": "remote", "settings": settings.model_dump()}
        monkeypatch.setattr(
            registry, "create", lambda config, **more: original(config.model_copy(update=changes), **more)
        )
        yield Path(settings.directory, "root")


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


async def until(workspace, name, condition):
    while not condition(job := await asyncio.to_thread(workspace.jobs.get, name)):
        assert job.state is not JobState.FAILED or condition(job), job.cause
        await asyncio.sleep(0.02)
    return job


def submit(workspace, code, command):
    code.mkdir()
    (code / "unchanged.txt").write_text("as it was")
    return workspace.jobs.submit(CommandJob(command=command, code=str(code))).name


def test_a_notebook_runs_there_and_its_results_are_here(workspace, remote, tmp_path):
    source = (
        "import os, mlflow\n"
        "os.makedirs('outputs', exist_ok=True)\n"
        "open('outputs/result.txt', 'w').write(os.getcwd())\n"
        "os.symlink('/etc/passwd', 'outputs/link')\n"
        "mlflow.log_metric('score', x)\n"
        "print('done')"
    )
    path = write_notebook(tmp_path / "a.ipynb", source, parameters="x = 1")
    spec = NotebookJob(notebook=str(path), code=None, parameters={"x": 2})

    async def check():
        async with supervisor(workspace):
            name = workspace.jobs.submit(spec).name
            return await until(workspace, name, lambda job: job.state in FINAL)

    done = asyncio.run(check())
    assert (done.state, done.metrics) == (JobState.COMPLETED, {"score": 2.0}), done.cause
    folder = workspace.jobs.folder(done.name)
    ran_in = (folder.stored_outputs / "result.txt").read_text()
    assert Path(ran_in).is_relative_to(remote)
    assert '"done\\n"' in folder.output.read_text()
    assert not (folder.stored_outputs / "link").exists()
    assert not list(remote.glob("**/events.jsonl")), "nothing is left there"


def test_a_failed_command_there_has_its_log_and_its_files_here(workspace, remote, tmp_path):
    async def check():
        async with supervisor(workspace):
            name = submit(workspace, tmp_path / "code", "cat unchanged.txt; echo new > beside.txt; exit 3")
            return await until(workspace, name, lambda job: job.state in FINAL)

    done = asyncio.run(check())
    assert (done.state, done.cause.exit_code) == (JobState.FAILED, 3)
    folder = workspace.jobs.folder(done.name)
    assert "as it was" in folder.std_log.read_text()
    (warning,) = done.warnings
    assert "1 file (4 bytes)" in warning.message
    assert "beside.txt" in warning.message


def test_the_next_supervisor_goes_on_with_a_job_there(workspace, remote, tmp_path):
    command = "for i in $(seq 600); do echo line $i; sleep 0.1; [ -e go ] && exit; done; exit 1"

    async def check():
        async with supervisor(workspace):
            name = submit(workspace, tmp_path / "code", command)
            job = await until(workspace, name, lambda job: job.state is JobState.RUNNING)
            await until(workspace, name, lambda _: b"line 3" in log(workspace, job))
        before = log(workspace, job)
        async with supervisor(workspace):
            await until(workspace, name, lambda _: len(log(workspace, job)) > len(before))
            (work,) = remote.glob("**/work")
            (work / "go").touch()
            return await until(workspace, name, lambda job: job.state in FINAL)

    done = asyncio.run(check())
    assert done.state is JobState.COMPLETED, done.cause
    events = [event for event, _ in EventLogReader(workspace.jobs.folder(done.name).event_log)]
    lines = "".join(event.text for event in events if event.type == "log").splitlines()
    assert lines == [f"line {number + 1}" for number in range(len(lines))], "each once"


def test_code_there_logs_while_supervisors_change(workspace, remote, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "log.py").write_text(
        "import mlflow, os, pathlib, time\n"
        "mlflow.log_metric('score', 1)\n"
        "print('logged', os.environ['MLFLOW_TRACKING_TOKEN'], flush=True)\n"
        "while not os.path.exists('go'): time.sleep(0.05)\n"
        "mlflow.log_metric('score', 2)\n"
        "pathlib.Path('notes.txt').write_text('found')\n"
        "mlflow.log_artifact('notes.txt')\n"
        "mlflow.log_param('tracking', mlflow.get_tracking_uri()[:5])\n"
    )
    spec = CommandJob(command=f"{sys.executable} log.py", code=str(tmp_path / "code"))

    async def check():
        async with supervisor(workspace):
            name = workspace.jobs.submit(spec).name
            await until(workspace, name, lambda job: job.state is JobState.RUNNING)
            await until(workspace, name, lambda job: b"logged" in log(workspace, job))
        (work,) = remote.glob("**/work")
        (work / "go").touch()  # while there is none
        async with supervisor(workspace):
            return await until(workspace, name, lambda job: job.state in FINAL)

    done = asyncio.run(check())
    assert (done.state, done.metrics) == (JobState.COMPLETED, {"score": 2.0}), done.cause
    logged = workspace._context.tracking.details(done.run_id)
    assert logged.parameters["tracking"] == "http:"
    assert Path(logged.artifact_uri, "notes.txt").read_text() == "found"
    assert b"logged ***" in log(workspace, done), "the token is masked"
    assert not workspace.jobs.folder(done.name).tracking.exists()


def test_a_job_there_is_canceled(workspace, remote, tmp_path):
    async def check():
        async with supervisor(workspace):
            name = submit(workspace, tmp_path / "code", "sleep 600")
            await until(workspace, name, lambda job: job.state is JobState.RUNNING)
            await asyncio.to_thread(workspace.jobs.cancel, name)
            return await until(workspace, name, lambda job: job.state in FINAL)

    assert asyncio.run(check()).state is JobState.CANCELED


def log(workspace, job):
    path = workspace._context.layout.attempt(job.name, 1) / "events.jsonl"
    return path.read_bytes() if path.exists() else b""


def test_services_of_a_job_there_are_reached_from_here(workspace, remote, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "served.txt").write_text("from there")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    spec = {
        "type": "command",
        "command": f"{sys.executable} -m http.server --bind 127.0.0.1 {port}",
        "code": str(tmp_path / "code"),
        "services": {"files": {"type": "custom", "port": port}},
    }

    async def fetched(name):
        place = await workspace.service_connections.find(name, "files").open()
        with socket.socket(socket.AF_UNIX) as client:
            client.setblocking(False)
            await asyncio.get_running_loop().sock_connect(client, str(place))
            await asyncio.get_running_loop().sock_sendall(client, b"GET /served.txt HTTP/1.0\r\n\r\n")
            received = b""
            while piece := await asyncio.get_running_loop().sock_recv(client, 65536):
                received += piece
        return received

    async def check():
        async with supervisor(workspace):
            name = workspace.jobs.submit(spec).name
            await until(workspace, name, lambda job: job.state is JobState.RUNNING)
            while not (received := await fetched(name)).endswith(b"from there"):
                assert received == b"" or b"nothing listens on port" in received
                await asyncio.sleep(0.05)
            await asyncio.to_thread(workspace.jobs.cancel, name)
            return await until(workspace, name, lambda job: job.state in FINAL)

    assert asyncio.run(check()).state is JobState.CANCELED
