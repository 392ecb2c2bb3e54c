# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Clusters of Dask on this machine: how soon they grow and shrink, and how soon it is known what happens on a node."""

from __future__ import annotations

import statistics
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.local_jobs import workspaces
from benchmarks.runs import notebook
from benchmarks.targets import Target
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.event_log import CellFinished, KernelStarted
from jupyter_ml.schemas.nodes import NodeState
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import FINAL, JobState
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ml import Workspace

__all__ = ["events", "nodes"]

NODES, JOBS, JOB_S, IDLE_S = 3, 6, 8, 3
CELLS, CELL_S = 10, 2
LOOK_S = 0.02
JOINED = NodeState.IDLE, NodeState.RUNNING


def nodes() -> None:
    """Print how soon a cluster has three nodes for six jobs, and how soon none when they have ended."""
    with _cluster(max_instances=NODES, idle_time_before_scale_down=IDLE_S) as (workspace, _):
        start = time.time()
        command = CommandJob(command=f"sleep {JOB_S}", code=None, compute="azureml:c")
        names = [workspace.jobs.submit(command).name for _ in range(JOBS)]
        until(lambda: _joined(workspace) == NODES, poll_s=LOOK_S)
        grown_s = time.time() - start
        ended = [workspace.jobs.wait(name) for name in names]
        until(lambda: not workspace.computes.nodes("c").nodes, poll_s=LOOK_S)
        shrunk_s = time.time() - max(job.ended_at.timestamp() for job in ended if job.ended_at)
        assert all(job.state is JobState.COMPLETED for job in ended)
        title = f"cluster under {JOBS} jobs of {JOB_S} s"
        print(f"{title}: 0 -> {NODES} nodes {grown_s:.2f} s after submit; {Target(3.5, 2.5, 's').verdict(grown_s)}")
        shrunk = f"back to 0 {shrunk_s:.2f} s after the last job, of which {IDLE_S} s idle"
        print(f"{title}: {shrunk}; {Target(IDLE_S + 3, unit='s').verdict(shrunk_s)}", flush=True)


def events() -> None:
    """Print how soon it is stored that a cell has finished on a node that shares no files, and that a job runs."""
    with _cluster(max_instances=1, idle_time_before_scale_down=600, shared_files=False) as (workspace, folder):
        path = notebook(folder, "cells", [f"import time; time.sleep({CELL_S})"] * CELLS)
        spec = workspace.jobs.from_file(path).model_copy(update={"compute": "c"})
        name = workspace.jobs.submit(spec).name
        stored: dict[int | str, float] = {}
        while (job := workspace.jobs.get(name)).state not in FINAL:
            if job.state is JobState.RUNNING:
                stored.setdefault("running", time.time())
            stored.setdefault(job.progress.cells_done, time.time())
            time.sleep(LOOK_S)
        log = [event for event, _ in EventLogReader(workspace.jobs.folder(name).event_log)]
        finished = [event.time for event in log if isinstance(event, CellFinished)]
        waits = sorted(stored[number] - time_s for number, time_s in enumerate(finished, 1) if number in stored)
        running_s = stored["running"] - next(event.time for event in log if isinstance(event, KernelStarted))
        wait_s = statistics.median(waits)
        print(
            f"event on a node with nothing shared -> our database: a cell has finished {wait_s:.3f} s ({waits[0]:.3f} "
            f"to {waits[-1]:.3f}, {len(waits)} cells), the job runs {running_s:.3f} s; "
            f"{Target(0.5, 0.2, 's').verdict(wait_s)}",
            flush=True,
        )


@contextmanager
def _cluster(**settings: Any) -> Iterator[tuple[Workspace, Path]]:
    for workspace, folder in workspaces(fork=True):
        workspace.computes.create({"name": "c", "type": "amlcompute", **settings})
        until(partial(_is_running, workspace))
        try:
            yield workspace, folder
        finally:
            workspace.computes.delete("c")
            until(partial(_is_gone, workspace))


def _is_running(workspace: Workspace) -> bool:
    return workspace.computes.get("c").state is ComputeState.RUNNING


def _is_gone(workspace: Workspace) -> bool:
    return workspace.computes.list().total == 1


def _joined(workspace: Workspace) -> int:
    return sum(each.state in JOINED for each in workspace.computes.nodes("c").nodes)
