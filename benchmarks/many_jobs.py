# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Many trivial jobs at once, beside papermill and jupyter-scheduler on all processors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.pairs import timed
from benchmarks.runs import notebook
from benchmarks.targets import Target
from jupyter_ml.environments.uv import run_uv
from tests.server.processes import TOKEN, free_port, serving
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ml import Workspace
    from tests.server.processes import Server

__all__ = ["compare_many"]

SCHEDULER = ["-m", "jupyter_server", "--ServerApp.jpserver_extensions={'jupyter_scheduler': True}"]

ENDED = ("COMPLETED", "FAILED")
"""States of its jobs; one that was submitted is STOPPED at first."""


def compare_many(workspace: Workspace, folder: Path, count: int = 100) -> None:
    """Print how long so many jobs take, and how many times as long the peers."""
    path = notebook(folder, "many", ["1 + 1"])
    spec = workspace.jobs.from_file(path)

    def ours() -> None:
        for name in [workspace.jobs.submit(spec).name for _ in range(count)]:
            workspace.jobs.wait(name)

    mine = timed(ours)
    print(f"{count} trivial jobs {mine:.1f} s, {count / mine:.1f} a second", flush=True)
    _compare("papermill", partial(_papermill, path), count, mine, Target(8, 12))
    with _scheduler(folder) as server:
        _schedule(server, path)
        _compare("jupyter-scheduler by REST", partial(_schedule, server, path), count, mine, Target(12, 15))


def _compare(name: str, run: Callable[[], None], count: int, mine: float, target: Target) -> None:
    """Run a peer as many times at once as there are processors; jupyter-scheduler fails for 100 jobs at once."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        took = timed(lambda: [each.result() for each in [pool.submit(run) for _ in range(count)]])
    times = took / mine
    print(f"    {name} on all processors {took:.1f} s: {times:.1f} times: {target.verdict(times)}", flush=True)


def _papermill(path: Path) -> None:
    argv = [str(Path(sys.executable).parent / "papermill"), "--no-progress-bar", str(path), os.devnull]
    subprocess.run(argv, check=True, capture_output=True)


@contextmanager
def _scheduler(root: Path) -> Iterator[Server]:
    """Run jupyter-scheduler in an environment of its own."""
    with tempfile.TemporaryDirectory() as name:
        python = Path(name, "env", "bin", "python")
        run_uv(["venv", "--no-project", "--python", sys.executable, str(Path(name, "env"))], cwd=Path(name))
        packages = ["jupyter-scheduler", "ipykernel"]
        run_uv(["pip", "install", "--compile-bytecode", "--python", str(python), *packages], cwd=Path(name))
        Path(name, "server", "jupyter_data_dir").mkdir(parents=True)  # where it creates its database
        with serving(root, Path(name, "server"), free_port(), SCHEDULER, python) as server:
            yield server


def _schedule(server: Server, path: Path) -> None:
    """Run a job, and wait for its end."""
    (environment,) = _request(server, "runtime_environments")
    job: dict[str, Any] = {"name": path.stem, "input_uri": f"{path.parent.name}/{path.name}", "output_formats": []}
    job |= {"runtime_environment_name": environment["name"], "runtime_environment_parameters": {}}
    name = _request(server, "jobs", job)["job_id"]
    until(lambda: _request(server, f"jobs/{name}")["status"] in ENDED)
    if (state := _request(server, f"jobs/{name}")["status"]) != ENDED[0]:
        raise RuntimeError(f"a job of jupyter-scheduler is {state}")


def _request(server: Server, path: str, body: Any = None) -> Any:
    data, headers = None if body is None else json.dumps(body).encode(), {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(f"{server.url}/scheduler/{path}", data=data, headers=headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)
