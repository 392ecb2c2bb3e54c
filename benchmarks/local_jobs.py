# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How fast jobs start on this machine, and what they cost, with forks and without."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import yaml

from benchmarks.many_jobs import compare_many
from benchmarks.pairs import compare
from benchmarks.runs import notebook, run_ours, run_papermill, supervised
from benchmarks.targets import Target
from jupyter_ml import Workspace
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.event_log import Output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.job_spec import JobSpec

__all__ = ["SKLEARN", "forkservers", "jobs", "listening_forkservers", "many", "until_warm", "workspaces"]

JOBS = 15
TRIVIAL = ["print('first')"]
FIRST_OUTPUT = Target(0.25, 0.2, "s")
COSTS = {
    "supervisor": Target(0.06, unit="s"),
    "executor": Target(0.06, unit="s"),
    "kernel": Target(0.13, unit="s"),
    "submit": Target(0.02, unit="s"),
}
SKLEARN = [
    "import numpy as np\nfrom sklearn.linear_model import LogisticRegression",
    "x = np.random.default_rng(0).normal(size=(200, 4))\ny = x[:, 0] > 0",
    "print(LogisticRegression().fit(x, y).score(x, y))",
]


def jobs(pairs: int = 5) -> None:
    """Print how soon jobs start, what they cost and how long they take, each in turn with its peer."""
    for fork in (True, False):
        for workspace, folder in workspaces(fork=fork):
            title = "forks on" if fork else "forks off"
            path = notebook(folder, "trivial", TRIVIAL)
            spec = workspace.jobs.from_file(path)
            until_warm(workspace, spec)
            waits = sorted(_first_output(workspace, spec) for _ in range(JOBS))
            first = f"{statistics.median(waits):.3f} s ({waits[0]:.3f} to {waits[-1]:.3f})"
            verdict = f"; {FIRST_OUTPUT.verdict(statistics.median(waits))}" if fork else ""
            print(f"{title}: submit to first output {first}{verdict}", flush=True)
            _costs(workspace, spec, title, forks=fork)
            learning = notebook(folder, "sklearn", SKLEARN)
            trivial, small = Target(4, 8), Target(7, 12)
            for name, file, target in (("one trivial cell", path, trivial), ("scikit-learn notebook", learning, small)):
                for _ in range(2):  # what it imports is learned
                    run_ours(file)
                ours, peer = partial(run_ours, file), partial(run_papermill, file)
                compare(
                    f"{title}: {name}, command to end",
                    ours,
                    peer,
                    pairs=pairs,
                    name="papermill",
                    target=target if fork else None,
                )
            if fork:
                compare_many(workspace, folder)


def many(count: int = 100) -> None:
    """Print the row of many jobs alone."""
    for workspace, folder in workspaces(fork=True):
        until_warm(workspace, workspace.jobs.from_file(notebook(folder, "trivial", TRIVIAL)))
        compare_many(workspace, folder, count)


def workspaces(*, fork: bool, **local: Any) -> Iterator[tuple[Workspace, Path]]:
    with tempfile.TemporaryDirectory() as name, Workspace.init(name) as created:
        settings = created.folder / "workspace.yml"
        settings.write_text(yaml.safe_dump({"name": "benchmark", "local": {"fork": fork, **local}}))
        with Workspace.open(name) as workspace, supervised(workspace):
            yield workspace, Path(name)


def until_warm(workspace: Workspace, spec: JobSpec) -> None:
    """Run jobs until forkservers are ready, if there are to be any."""
    for _ in range(4):
        workspace.jobs.wait(workspace.jobs.submit(spec).name)
        time.sleep(1.0)


def _first_output(workspace: Workspace, spec: JobSpec) -> float:
    start = time.time()
    job = workspace.jobs.submit(spec)
    workspace.jobs.wait(job.name)
    log = workspace._context.layout.attempt(job.name, 1) / "events.jsonl"
    return next(event.time for event, _ in EventLogReader(log) if isinstance(event, Output)) - start


def _costs(workspace: Workspace, spec: JobSpec, title: str, *, forks: bool) -> None:
    """Print the CPU of each process a job; those of executor and kernel where a forkserver waits for them."""
    before, submitting = _cpu(workspace), time.process_time()
    names = [workspace.jobs.submit(spec).name for _ in range(JOBS)]
    submit_s = (time.process_time() - submitting) / JOBS
    for name in names:
        workspace.jobs.wait(name)
    costs = {name: (value - before.get(name, 0.0)) / JOBS for name, value in _cpu(workspace).items()}
    for name, cost_s in {"submit": submit_s, **costs}.items():
        verdict = f"; {COSTS[name].verdict(cost_s)}" if forks and name in COSTS else ""
        print(f"{title}: CPU a job, {name} {cost_s:.3f} s{verdict}", flush=True)


def _cpu(workspace: Workspace) -> dict[str, float]:
    found = {}
    for name, process in forkservers(workspace).items():
        times = process.cpu_times()
        found[name] = times.user + times.system
        if name != "supervisor":
            found[name] += times.children_user + times.children_system
    return found


def forkservers(workspace: Workspace) -> dict[str, psutil.Process]:
    """Return the supervisor, and the forkservers of this Python."""
    info = workspace.supervisor.status()
    assert info is not None
    found = {"supervisor": psutil.Process(info.pid)}
    for each in found["supervisor"].children():
        if "fork" in each.cmdline():
            found["executor"] = each
    return found | listening_forkservers()


def listening_forkservers() -> dict[str, psutil.Process]:
    """Return the forkservers of this Python that any process may ask."""
    found = {}
    for kind in ("kernels", "bare-kernels", "cli"):
        for lock in Path(tempfile.gettempdir()).glob(f"jupyter-ml-{os.geteuid()}-{kind}-*/lock"):
            with suppress(psutil.Error):
                process = psutil.Process(int(lock.read_text() or 0))
                if process.cmdline()[:1] == [sys.executable]:
                    found[kind.removesuffix("s")] = process
    return found
