# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``python -m benchmarks.kills [KILLS]``: fresh workspaces, supervisors and clients killed from the first second on.

Only those are killed, and no executor, so no job has a reason of its own to fail: every job that was put into the queue
has to be Completed, and both databases have to be sound.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress

import psutil

from benchmarks.runs import finish
from jupyter_ml import Workspace
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import FINAL, JobState

__all__ = ["kills"]

PER_WORKSPACE = 10
"""Kills for each workspace; the first ones come while its stores are created."""
SHORTEST_S, LONGEST_S = 0.05, 6.0
END_S = 300.0


def kills(count: int = 100, seed: int = 20261126) -> bool:
    """Print what became of stores and jobs under so many kills, and return whether all is well."""
    dice, states, broken = random.Random(seed), Counter[str](), []
    workspaces = -(-count // PER_WORKSPACE)
    for number in range(workspaces):
        with tempfile.TemporaryDirectory() as folder, Workspace.init(folder) as workspace:
            try:
                for _ in range(min(PER_WORKSPACE, count - number * PER_WORKSPACE)):
                    _submit_and_kill(workspace, dice)
                states.update(_ended(workspace))
                broken += _broken(workspace)
            finally:
                finish(workspace)
        print(f"{number + 1} of {workspaces} workspaces: {dict(states)}, broken: {broken or 'none'}", flush=True)
    return not broken and set(states) <= {str(JobState.COMPLETED)}


def _submit_and_kill(workspace: Workspace, dice: random.Random) -> None:
    command = [sys.executable, "-m", "jupyter_ml", "--workspace", str(workspace.folder), "run", "-d"]
    script = workspace.folder.parent / "job.sh"
    script.write_text("echo done")
    client = subprocess.Popen([*command, str(script)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not _supervisors(workspace) and client.poll() is None:
        time.sleep(0.01)
    time.sleep(SHORTEST_S * (LONGEST_S / SHORTEST_S) ** dice.random())
    for victim in _supervisors(workspace):
        with suppress(psutil.NoSuchProcess):
            victim.kill()
    if dice.random() < 0.2:
        client.kill()
    client.wait()


def _supervisors(workspace: Workspace) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "jupyter_ml.supervisor" in command and str(workspace.folder) in command:
            found.append(process)
    return found


def _ended(workspace: Workspace) -> list[str]:
    """Return the states in which the jobs ended; one whose client was killed while it submitted was never queued."""
    deadline = time.monotonic() + END_S
    while True:
        jobs = workspace.jobs.list(JobQuery(limit=1000)).items
        queued = [job for job in jobs if job.state is not JobState.NOT_STARTED and job.type != "mlflow_run"]
        if all(job.state in FINAL for job in queued) or time.monotonic() > deadline:
            for job in queued:
                if job.state is not JobState.COMPLETED:
                    print(job.name, job.state, job.cause, flush=True)
            return [str(job.state) for job in queued]
        time.sleep(0.2)


def _broken(workspace: Workspace) -> list[str]:
    found = []
    for file in (workspace._context.layout.database, workspace._context.layout.mlflow):
        try:
            with closing(sqlite3.connect(file)) as connection:
                [(said,)] = connection.execute("PRAGMA integrity_check").fetchall()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            found.append(f"{file}: {said}")
    try:
        workspace._context.tracking.create_run(experiment="probe", name="probe", tags={})
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is counted
        found.append(f"{workspace._context.layout.mlflow}: {error}")
    left = [str(path) for path in workspace.folder.glob(".mlflow.db.*")]
    return [*found, *left, *map(str, workspace.repair.lost())]


if __name__ == "__main__":
    sys.exit(0 if kills(*map(int, sys.argv[1:])) else 1)
