# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""JupyterLab for one worker of the tests in ``ui-tests/``: ``python -m tests.lab ROOT PORT``.

It reads one command for each line, and writes ``ok`` when the command is done:

* ``start``, ``stop``: start or stop JupyterLab in ROOT, which contains a workspace;
* ``fill COUNT [EXPERIMENT]``: insert that many ended jobs into the empty workspace;
* ``hold NAME``, ``release``: make the artifact store of a job unreachable, and reachable again.

At the end of its input it ends all processes that it started, with their children.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import jupyterlab

from benchmarks.jobs_100k import fill
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.workspace import Workspace
from tests.server.processes import serving
from tests.workspaces import processes_of, unreachable_artifacts

LAB = [
    "-m",
    "jupyterlab",
    f"--LabServerApp.extra_labextensions_path={Path(jupyterlab.__file__).parent / 'galata'}",
    "--LabApp.expose_app_in_browser=True",
    "--FileContentsManager.delete_to_trash=False",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]
ENDED = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELED]


def main(root: Path, port: int) -> None:
    """Execute commands until the end of the input."""
    running = ExitStack()
    with Workspace.init(root, name="ui-tests") as workspace, running:
        running.callback(_end, workspace)
        lab, held = running.enter_context(ExitStack()), running.enter_context(ExitStack())
        for line in sys.stdin:
            match line.split():
                case ["start"]:
                    lab.enter_context(serving(root, root / ".server", port, LAB))
                case ["stop"]:
                    lab.close()
                case ["fill", count, *experiment]:
                    database = f"sqlite:///{workspace._context.layout.database}"
                    fill(database, int(count), states=ENDED, experiment=next(iter(experiment), None))
                case ["hold", name]:
                    held.enter_context(unreachable_artifacts(workspace, workspace.jobs.get(name)))
                case ["release"]:
                    held.close()
                case _:
                    raise SystemExit(f"unknown command: {line!r}")
            sys.stdout.write("ok\n")
            sys.stdout.flush()


def _end(workspace: Workspace) -> None:
    workspace.supervisor.stop()
    for process in processes_of(workspace.folder):
        process.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
