# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Setting the clock of the machine ends no job, and makes no duration wrong."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest

from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.compute.process import Exit, Process
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.schemas import clock
from jupyter_ml.schemas.clock import ClockReading, SteadyClock
from jupyter_ml.schemas.event_log import CellFinished, Ended, ExecutorStarted, Sample
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.specs import CommandJob, Limits, NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.submission import record_of
from jupyter_ml.supervisor.cancellation import CancellationToken
from jupyter_ml.supervisor.mirroring import Mirror
from jupyter_ml.supervisor.progress_writer import ProgressWriter
from jupyter_ml.supervisor.threads import Threads
from jupyter_ml.supervisor.watching import watch as watch_attempt
from tests.workspaces import until, write_notebook

STEPPED = """
import time
real = time.time
def stepped():
    with open({file!r}) as file:
        return real() + float(file.read() or 0)
time.time = stepped
"""
"""Makes every Python believe that its clock was set."""


@pytest.fixture
def set_clock(tmp_path, monkeypatch):
    """A function that sets the clock of all programs that start from now on, while they run."""
    file = tmp_path / "clock" / "seconds"
    file.parent.mkdir()
    file.write_text("0")
    (file.parent / "sitecustomize.py").write_text(STEPPED.format(file=str(file)))
    monkeypatch.setenv("PYTHONPATH", str(file.parent))
    return lambda seconds: file.write_text(str(seconds))


@pytest.mark.integration
@pytest.mark.parametrize("restart", [False, True], ids=["", "restart"])
def test_a_clock_that_is_set_neither_ends_a_job_nor_makes_its_duration_wrong(workspace, set_clock, tmp_path, restart):
    gate, begun = tmp_path / "gate", time.monotonic()
    cell = f"import pathlib, time\nwhile not pathlib.Path({str(gate)!r}).exists(): time.sleep(0.05)"
    path = write_notebook(tmp_path / "a.ipynb", cell)
    name = workspace.jobs.submit(NotebookJob(notebook=str(path), limits=Limits(timeout=1_000))).name
    until(lambda: workspace.jobs.get(name).state is JobState.RUNNING)
    told = workspace._context.layout.attempt(name, 1) / "events.jsonl"
    event_log, samples = EventLogReader(told), []
    for seconds in (7_200, -18_000):
        set_clock(seconds)
        if restart:
            workspace.supervisor.stop()
            workspace.supervisor.start()
        samples.clear()
        until(lambda: samples.extend(event for event, _ in event_log if isinstance(event, Sample)) or len(samples) > 1)
    gate.touch()
    job = workspace.jobs.wait(name)
    took_s = time.monotonic() - begun
    assert job.state is JobState.COMPLETED, job.cause
    (attempt,) = workspace._context.store.jobs.attempts(name)
    events = [event for event, _ in EventLogReader(told)]
    durations = {
        "job": job.duration_s,
        "attempt": (attempt.ended_at - attempt.started_at).total_seconds(),
        "event log": events[-1].time - events[0].time,
        "cell": next(event.duration_s for event in events if isinstance(event, CellFinished)),
    }
    assert all(1 < duration <= took_s + 1 for duration in durations.values()), durations
    assert [event.time for event in events] == sorted(event.time for event in events)


class Hung(Process):
    """A program that logs nothing and runs until it is killed."""

    def __init__(self) -> None:
        self.killed = asyncio.Event()

    @property
    def exit(self):
        return Exit(signal="SIGKILL") if self.killed.is_set() else None

    async def wait(self):
        await self.killed.wait()
        return self.exit

    async def kill(self):
        self.killed.set()

    async def signal(self, number):
        raise NotImplementedError

    follow = connect = info = signal


@pytest.fixture
def watch(workspace):
    """Follow an attempt with a limit of 50 s to its end."""
    spec = CommandJob(command="true", limits=Limits(timeout=50))
    job = record_of(spec, {}, "default", None).model_copy(update={"state": JobState.PREPARING})
    job = workspace._context.store.jobs.insert(job, host=None)
    folder = AttemptFolder(workspace._context.layout.attempt(job.name, job.attempt))
    folder.path.mkdir(parents=True)

    def follow(*events, process=None):
        writer = EventLogWriter(folder.event_log)
        for event in events:
            writer.write(event)
        writer.close()
        context, threads = workspace._context, Threads()
        options = {
            "mirror": Mirror(LocalCompute(), threads, folder),
            "others": [],
            "progress_writer": ProgressWriter(context, threads),
            "kill": process and process.kill,
            "cancellation": CancellationToken(),
        }
        return asyncio.run(watch_attempt(context, threads, job, folder, process, **options))

    return follow


def ago(seconds: float) -> ClockReading:
    return SteadyClock().reading.model_copy(update={"seconds": time.monotonic() - seconds})


@pytest.mark.parametrize("said", [-7_200, 0, 7_200])
def test_an_executor_that_hangs_ends_by_the_time_that_it_has_run(watch, said):
    outcome = watch(ExecutorStarted(time=time.time() + said, pid=1, clock=ago(60)), process=Hung())
    assert (outcome.state, outcome.cause.kind) == (JobState.FAILED, "timeout")


def test_a_clock_that_is_set_forward_ends_nothing(watch):
    start = time.time() - 7_200
    told = [ExecutorStarted(time=start, pid=1, clock=ago(1)), Ended(time=start + 1, state="Completed")]
    assert watch(*told, process=Hung()).state is JobState.COMPLETED


@pytest.mark.parametrize(("lived_s", "kind"), [(49, "executor_died"), (51, "timeout")])
def test_why_an_executor_is_gone_that_no_supervisor_saw(watch, lived_s, kind):
    usage = {"cpu_percent": 0, "memory_bytes": 0}
    outcome = watch(ExecutorStarted(time=100, pid=1, clock=ago(5_000)), Sample(time=100 + lived_s, usage=usage))
    assert outcome.cause.kind == kind


def test_a_clock_goes_on_in_another_process_and_not_after_a_restart_of_the_machine(monkeypatch):
    machine = SimpleNamespace(time=lambda: 1_000.0, monotonic=lambda: 50.0)
    monkeypatch.setattr(clock, "time", machine)
    first = SteadyClock()
    machine.time, machine.monotonic = lambda: -9_000.0, lambda: 57.0
    assert (first.time(), first.elapsed()) == (1_007.0, 7.0)
    other = SteadyClock.resumed(first.start, first.reading)
    assert (other.time(), other.elapsed()) == (1_007.0, 7.0)
    machine.time, machine.monotonic = lambda: 1_030.0, lambda: 3.0
    for reading in (first.reading, first.reading.model_copy(update={"boot": "other", "seconds": 1.0}), None):
        restarted = SteadyClock.resumed(first.start, reading)
        assert (restarted.time(), restarted.elapsed()) == (1_030.0, 30.0)
    machine.time = lambda: 900.0
    assert SteadyClock.resumed(first.start, None).elapsed() == 0.0
