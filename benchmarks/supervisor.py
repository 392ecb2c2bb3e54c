# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The supervisor's own cost: CPU for each job, CPU and wake-ups while idle, and 1,000 running jobs on one loop."""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks.runs import notebook, workspaces
from jupyter_ml import Workspace
from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.compute.process import Exit, Process
from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.schemas.event_log import ExecutorStarted, KernelStarted, Sample, Usage
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.attempts import attempt_folder
from jupyter_ml.services.jobs.submission import record_of
from jupyter_ml.supervisor.attempts import Attempts
from jupyter_ml.supervisor.threads import Threads

if TYPE_CHECKING:
    from pathlib import PurePath

    from jupyter_ml.compute.process import Info
    from jupyter_ml.schemas.jobs import Job

__all__ = ["idle", "job_cpu", "thousand_jobs"]

WARM_UP = 3
MEASURED_S = 20.0


def job_cpu(count: int = 20) -> None:
    """Measure the CPU of the supervisor for a trivial command and for a trivial notebook."""
    for workspace, folder in workspaces():
        path = notebook(folder, "trivial", ["1 + 1"])
        notebook_job = workspace.jobs.from_file(path)
        for title, spec in (("command", CommandJob(command="true")), ("notebook", notebook_job)):
            for _ in range(WARM_UP):
                workspace.jobs.wait(workspace.jobs.submit(spec).name)
            before = _cpu_s(workspace)
            for _ in range(count):
                workspace.jobs.wait(workspace.jobs.submit(spec).name)
            print(
                f"supervisor, trivial {title}: {(_cpu_s(workspace) - before) / count:.3f} CPU s a job (budget: 0.06)",
                flush=True,
            )


def idle() -> None:
    """Measure CPU and wake-ups of a supervisor without jobs, and of one with a job that sleeps."""
    for workspace, _ in workspaces():
        workspace.jobs.wait(workspace.jobs.submit(CommandJob(command="true")).name)
        _print_rates(workspace, "idle (budget: 0.1% of a core)")
        job = workspace.jobs.submit(CommandJob(command="sleep 600"))
        while workspace.jobs.get(job.name).state is not JobState.RUNNING:
            time.sleep(0.05)
        _print_rates(workspace, "one sleeping job (budget: 20 wake-ups)")
        workspace.jobs.cancel(job.name)
        workspace.jobs.wait(job.name)


def _print_rates(workspace: Workspace, title: str) -> None:
    time.sleep(2.0)
    cpu_s, wake_ups, start = _cpu_s(workspace), _wake_ups(workspace), time.monotonic()
    time.sleep(MEASURED_S)
    elapsed = time.monotonic() - start
    print(
        f"supervisor, {title}: {(_cpu_s(workspace) - cpu_s) / elapsed:.2%} of a core, "
        f"{(_wake_ups(workspace) - wake_ups) / elapsed:.1f} wake-ups a second",
        flush=True,
    )


def _supervisor(workspace: Workspace) -> psutil.Process:
    info = workspace.supervisor.status()
    assert info is not None
    return psutil.Process(info.pid)


def _cpu_s(workspace: Workspace) -> float:
    times = _supervisor(workspace).cpu_times()
    return times.user + times.system


def _wake_ups(workspace: Workspace) -> int:
    """Return how often a thread of the supervisor has waited."""
    total = 0
    for status in Path(f"/proc/{_supervisor(workspace).pid}/task").glob("*/status"):
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        total += int(lines["voluntary_ctxt_switches"])
    return total


class _Sleeping(Process):
    """A program that runs until it is killed, without a process; the supervisor calls nothing else of it here."""

    def __init__(self) -> None:
        self._killed = asyncio.Event()

    @property
    def exit(self) -> Exit | None:
        return Exit(signal="SIGKILL") if self._killed.is_set() else None

    async def wait(self) -> Exit:
        await self._killed.wait()
        return Exit(signal="SIGKILL")

    async def signal(self, number: int) -> None:
        raise NotImplementedError

    async def kill(self) -> None:
        self._killed.set()

    def follow(self, file: PurePath, offset: int = 0) -> None:  # type: ignore[override]
        raise NotImplementedError

    async def connect(self, socket: PurePath) -> Path:
        raise NotImplementedError

    def info(self) -> Info:
        return {}


class _InProcess(LocalCompute):
    """A compute whose programs need no process."""

    async def attach(self, info: Info) -> Process:
        del info
        return _Sleeping()


def thousand_jobs(count: int = 1_000) -> None:
    """Run so many jobs that sleep on one loop, each of which logs its usage every 5 s, and leave them."""
    with tempfile.TemporaryDirectory() as folder, Workspace.init(folder) as workspace:
        asyncio.run(_run_many(workspace, count))


async def _run_many(workspace: Workspace, count: int) -> None:
    threads = Threads()
    context = workspace._context
    attempts = Attempts(context, threads, lambda _name, _again: None)
    jobs = [await threads.store(_running_job, workspace) for _ in range(count)]
    logs = [EventLogWriter(attempt_folder(context.layout, job).event_log) for job in jobs]
    start, compute = time.monotonic(), _InProcess()
    for number, (job, log) in enumerate(zip(jobs, logs, strict=True)):
        log.write(ExecutorStarted(time=time.time(), pid=1))
        log.write(KernelStarted(time=time.time()))
        attempts.start(compute, job, token=f"{number}", adopted=True)
    while workspace.jobs.counts().get(JobState.RUNNING, 0) < count:  # noqa: ASYNC110 -- it is the database that changes
        await asyncio.sleep(0.1)
    adopted_s = time.monotonic() - start
    latest, switches, cpu_s, start = 0.0, _switches(), time.process_time(), time.monotonic()
    while (elapsed := time.monotonic() - start) < MEASURED_S:
        moment = time.monotonic()
        for log in logs[int(elapsed * 10) % 50 :: 50]:
            log.write(Sample(time=time.time(), usage=Usage(cpu_percent=0, memory_bytes=0)))
        await asyncio.sleep(0.1)
        latest = max(latest, time.monotonic() - moment - 0.1)
    cpu = (time.process_time() - cpu_s) / MEASURED_S
    print(
        f"{len(attempts):,} running jobs on one loop: adopted in {adopted_s:.1f} s, {cpu:.0%} of a core "
        f"(budget: 20%), {(_switches() - switches) / MEASURED_S:,.0f} wake-ups a second, "
        f"a timer at most {latest * 1e3:.0f} ms late",
        flush=True,
    )
    await attempts.hand_over(10)
    threads.close()


def _switches() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw


def _running_job(workspace: Workspace) -> Job:
    record = record_of(CommandJob(command="sleep 600"), {}, "default", None)
    context = workspace._context
    record = record.model_copy(update={"state": JobState.PREPARING})
    job = context.store.jobs.insert(record, host=None, process={"pid": 1})
    attempt_folder(context.layout, job).path.mkdir(parents=True)
    return job
