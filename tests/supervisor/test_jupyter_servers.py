# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor attaches a Jupyter server, and its jobs go on there while it is down."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.supervisor.daemon import Daemon
from tests.integration import KILLS
from tests.other_server import SECRET
from tests.workspaces import TIMEOUT_S, write_notebook

pytestmark = [pytest.mark.integration, KILLS]


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


def test_jobs_run_there_and_survive_the_end_of_the_server(workspace, other_server, tmp_path, monkeypatch):
    monkeypatch.setattr("jupyter_ml.supervisor.controllers.computes.OBSERVE_S", 0.2)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    spec = {"name": "lab", "type": "jupyterserver", **other_server.settings().model_dump(exclude={"ca_file"})}
    with pytest.raises(ConflictError, match=r"cannot be created: the vault has no secret 'other_token'"):
        workspace.computes.create(spec)
    workspace.vault.set(SECRET, other_server.token)
    assert workspace.computes.create(spec).state is ComputeState.CREATING
    notebook = write_notebook(tmp_path / "a.ipynb", "print(x + 1)\nprint('y' * 3_000_000)", parameters="x = 1")

    async def check():
        async with supervisor(workspace):
            await until(lambda: workspace.computes.get("lab"), lambda lab: lab.state is ComputeState.RUNNING)
            command = "echo begun > ~/begun; until test -e ~/go; do sleep 0.1; done; echo $HOME"
            cut = workspace.jobs.submit(CommandJob(command=command, code=None, compute="azureml:lab"))
            await until((other_server.home / "begun").exists, bool)
            other_server.kill()
            await until(lambda: workspace.computes.get("lab"), lambda lab: lab.state is ComputeState.FAILED)
            message = workspace.computes.get("lab").message
            (other_server.home / "go").touch()
            other_server.start()
            await until(lambda: workspace.computes.get("lab"), lambda lab: lab.state is ComputeState.RUNNING)
            spec = NotebookJob(notebook=str(notebook), code=None, parameters={"x": 41}, compute="lab")
            show = "python -c 'import six, sys; print(six.__version__, six.__file__)'"
            given = {"requirements": ["six==1.16.0"]}
            installed = CommandJob(command=show, code=None, compute="lab", environment=given)
            names = [cut.name, workspace.jobs.submit(spec).name, workspace.jobs.submit(installed).name]
            jobs = [await until(lambda n=name: workspace.jobs.get(n), lambda job: job.state in FINAL) for name in names]
            workspace.computes.delete("lab")
            await until(workspace.computes.list, lambda page: page.total == 1)
        return message, jobs

    message, [cut, ran, installed] = asyncio.run(check())
    assert "cannot be reached" in message
    assert cut.state is JobState.COMPLETED, cut.cause
    assert workspace.jobs.folder(cut.name).std_log.read_text() == f"{other_server.home}\n"
    assert ran.state is JobState.COMPLETED, ran.cause
    output = workspace.jobs.folder(ran.name).output.read_text()
    assert "42" in output
    assert "y" * 3_000_000 in output, "more than a Jupyter server passes on in a second"
    assert installed.state is JobState.COMPLETED, installed.cause
    printed = workspace.jobs.folder(installed.name).std_log.read_text()
    assert printed.startswith(f"1.16.0 {other_server.home}/.cache/jupyter-ml/environments/")
    assert not [*other_server.home.glob(".jupyter-ml/*")]
    files = [path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()]
    assert not any(other_server.token.encode() in content for content in files)
