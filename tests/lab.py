# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""JupyterLab for one worker of the tests in ``ui-tests/``: ``python -m tests.lab ROOT PORT``.

It reads one command for each line, and writes ``ok`` when the command is done, or ``failed`` with the error:

* ``start``, ``stop``: start or stop JupyterLab in ROOT, which contains a workspace;
* ``fill COUNT [EXPERIMENT]``: insert that many ended jobs into the empty workspace;
* ``cancel``: cancel all jobs that have not ended;
* ``hold NAME``, ``release``: make the artifact store of a job unreachable, and reachable again;
* ``lake``: start an S3 server with measurements, and create the datastore ``lake`` and the environment of
  ``examples/assets``;
* ``leaks``: write the files of ROOT that contain a credential of that server, after ``ok``.

At the end of its input it ends all processes that it started, with their children.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path

import jupyterlab
import yaml

from benchmarks.jobs_100k import fill
from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.workspace import Workspace
from tests.server.processes import serving
from tests.storage_servers import serving_s3
from tests.workspaces import files_with, kill_processes_of, unreachable_artifacts

LAB = [
    "-m",
    "jupyterlab",
    f"--LabServerApp.extra_labextensions_path={Path(jupyterlab.__file__).parent / 'galata'}",
    "--LabApp.expose_app_in_browser=True",
    "--FileContentsManager.delete_to_trash=False",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]
ASSETS = Path(__file__).parents[1] / "examples" / "assets"
ENDED = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELED]


class LabCommands:
    """JupyterLab in a workspace, with what a test starts besides it until the stack `running` is closed."""

    def __init__(self, workspace: Workspace, root: Path, port: int, running: ExitStack) -> None:
        self._workspace, self._root, self._port, self._running = workspace, root, port, running
        self._lab, self._held = running.enter_context(ExitStack()), running.enter_context(ExitStack())
        self._secrets: list[str] = []

    def execute(self, line: str) -> str:
        """Execute a command, and return what is written after ``ok``."""
        match line.split():
            case ["start"]:
                self._lab.enter_context(serving(self._root, self._root / ".server", self._port, LAB))
            case ["stop"]:
                self._lab.close()
            case ["fill", count, *experiment]:
                database = f"sqlite:///{self._workspace._context.layout.database}"
                fill(database, int(count), states=ENDED, experiment=next(iter(experiment), None))
            case ["cancel"]:
                _cancel(self._workspace)
            case ["hold", name]:
                job = self._workspace.jobs.get(name)
                self._held.enter_context(unreachable_artifacts(self._workspace, job))
            case ["release"]:
                self._held.close()
            case ["lake"]:
                lake = self._running.enter_context(serving_s3({"reactor/measurements.csv": _measurements(self._root)}))
                self._workspace.datastores.create({"name": "lake", **lake.spec})
                self._workspace.environments.create(yaml.safe_load((ASSETS / "environment.yml").read_text()))
                self._secrets = lake.secrets
            case ["leaks"]:
                return json.dumps([str(file) for each in self._secrets for file in files_with(self._root, each)])
            case _:
                raise ValueError("unknown command")
        return ""


def main(root: Path, port: int) -> None:
    """Execute commands until the end of the input."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # requests to the S3 server
    with Workspace.init(root, name="ui-tests") as workspace, ExitStack() as running:
        running.callback(_end, workspace)
        commands = LabCommands(workspace, root, port, running)
        for line in sys.stdin:
            try:
                response = f"ok {commands.execute(line)}"
            except Exception as error:  # noqa: BLE001 -- the test reports it
                traceback.print_exc()
                response = f"failed: {error!r}"
            sys.stdout.write(response.replace("\n", " ") + "\n")
            sys.stdout.flush()


def _measurements(root: Path) -> str:
    file = root / "measurements.csv"
    subprocess.run([sys.executable, ASSETS / "src" / "measure.py", "--to", file], check=True, stdout=subprocess.DEVNULL)
    text = file.read_text()
    file.unlink()
    return text


def _cancel(workspace: Workspace) -> None:
    for job in workspace.jobs.list(JobQuery(states=[*set(JobState) - FINAL])).items:
        with suppress(ConflictError, NotFoundError):  # it has ended, or was deleted, meanwhile
            workspace.jobs.cancel(job.name)


def _end(workspace: Workspace) -> None:
    workspace.supervisor.stop()
    kill_processes_of(workspace.folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
