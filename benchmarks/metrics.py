# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Metrics: what a call takes in a job, and whether very many of them arrive."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.runs import notebook, workspaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml import Workspace

__all__ = ["log_metric", "many_metrics", "side_by_side"]

_CALLS = """
import sys, time, mlflow
mlflow.log_metric("first", 0)
start = time.perf_counter()
for step in range(int(sys.argv[1])):
    mlflow.log_metric("loss", step, step=step)
print((time.perf_counter() - start) / int(sys.argv[1]))
"""
_BATCHES = """
import time, mlflow
from mlflow.entities import Metric
client, run = mlflow.MlflowClient(), mlflow.start_run().info.run_id
start = time.perf_counter()
for first in range(0, {count}, 1_000):
    client.log_batch(run, [Metric("loss", step, 1, step) for step in range(first, first + 1_000)])
print("logged in", time.perf_counter() - start)
"""
_ONE_BY_ONE = """
import mlflow
for step in range({count}):
    mlflow.log_metric("loss", step, step=step)
"""


def log_metric(pairs: int = 3, count: int = 1_000) -> None:
    """One `mlflow.log_metric` in a job, and the same in plain MLflow on SQLite."""
    for workspace, folder in workspaces():
        tracking = workspace._context.tracking
        run_id = tracking.create_run(experiment="benchmark", name="ours", tags={})
        in_job = tracking.environment(run_id, folder / "metrics.jsonl")
        plain = tracking.variables(workspace.tracking_uri, str(folder))
        times = [(_per_call(in_job, count), _per_call(plain, count)) for _ in range(pairs)]
        ours, others = (sorted(column)[pairs // 2] for column in zip(*times, strict=True))
        print(
            f"log_metric: in a job {ours * 1e6:.0f} us, plain MLflow {others * 1e6:.0f} us, ratio {ours / others:.3f} "
            f"({pairs} pairs of {count} calls)",
            flush=True,
        )


def _per_call(variables: Mapping[str, str], count: int) -> float:
    argv = [sys.executable, "-c", _CALLS, str(count)]
    return float(subprocess.check_output(argv, env={**os.environ, **variables}, text=True, stderr=subprocess.DEVNULL))


def many_metrics(count: int = 1_000_000) -> None:
    """Log a million values at the end of a notebook, 1,000 a call."""
    for workspace, folder in workspaces():
        path = notebook(folder, "many", [_BATCHES.format(count=count)])
        start = time.perf_counter()
        job = workspace.jobs.submit(workspace.jobs.from_file(path))
        done = workspace.jobs.wait(job.name)
        took = time.perf_counter() - start
        [said] = re.findall(r"logged in ([\d.]+)", workspace.jobs.folder(job.name).std_log.read_text())
        print(
            f"{count:,} values in a notebook: {done.state}, {_stored(workspace, done.run_id):,} stored, "
            f"logged in {float(said):.1f} s, job {took:.1f} s, supervisor's largest memory {_peak_mb(workspace)} MB",
            flush=True,
        )


def side_by_side(jobs: int = 2, count: int = 50_000) -> None:
    """Log in several jobs at the same time, one value a call."""
    for workspace, folder in workspaces():
        path = notebook(folder, "side", [_ONE_BY_ONE.format(count=count)])
        start = time.perf_counter()
        names = [workspace.jobs.submit(workspace.jobs.from_file(path)).name for _ in range(jobs)]
        done = [workspace.jobs.wait(name) for name in names]
        stored = ", ".join(f"{job.state} with {_stored(workspace, job.run_id):,}" for job in done)
        print(
            f"{jobs} jobs with {count:,} values each: {stored} stored, {time.perf_counter() - start:.1f} s", flush=True
        )


def _stored(workspace: Workspace, run_id: str | None) -> int:
    with closing(sqlite3.connect(workspace._context.layout.mlflow)) as database:
        [count] = database.execute("SELECT count(*) FROM metrics WHERE run_uuid = ?", (run_id,)).fetchone()
    return int(count)


def _peak_mb(workspace: Workspace) -> int:
    supervisor = workspace.supervisor.status()
    assert supervisor is not None
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{supervisor.pid}/status").read_text())
    return int(kilobytes) // 1024
