# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Two supervisors at once, as after the lock file was removed by hand, run no job twice."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys

import pytest

from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.exit_codes import EXIT_SUPERSEDED
from jupyter_ml.schemas.launch import AttemptFolder, Launch
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import FINAL, JobState
from jupyter_ml.services.supervisor import SupervisorInfo, elect
from jupyter_ml.supervisor.cancellation import CancellationToken, DetachedError
from jupyter_ml.supervisor.claiming import Claim, ClaimLostError
from jupyter_ml.supervisor.threads import Threads
from tests.workspaces import processes_of, until


def supervisors(workspace):
    return [p for p in processes_of(workspace.folder) if "jupyter_ml.supervisor" in p.info["cmdline"]]


@pytest.mark.integration
def test_a_supervisor_whose_lock_file_is_removed_ends_and_no_job_runs_twice(make_workspace, tmp_path):
    starts = tmp_path / "starts"
    starts.mkdir()
    with make_workspace(tmp_path, local={"max_concurrent": 3}) as workspace:
        workspace.supervisor.start()
        jobs = [
            workspace.jobs.submit(CommandJob(command=f"mktemp {starts}/job{number}-XXXXXX; sleep 0.3"))
            for number in range(12)
        ]
        for round_ in range(2):
            until(lambda round_=round_: len(list(starts.iterdir())) > 2 * round_)
            workspace._context.layout.supervisor_lock.unlink()
            workspace.supervisor._spawn()  # as a client does that sees none
            until(lambda: (info := workspace.supervisor.status()) and info.pid)
        until(lambda: all(workspace._context.store.jobs.get(job.name).state in FINAL for job in jobs))
        assert [workspace._context.store.jobs.get(job.name).state for job in jobs] == [JobState.COMPLETED] * 12
        assert len(list(starts.iterdir())) == 12
        # which one is left is open: the first one may have taken the new lock before another one came up
        until(lambda: len(supervisors(workspace)) == 1)
    assert "the lock file was removed or replaced" in workspace._context.layout.supervisor_log.read_text()


@pytest.fixture
def running(workspace, monkeypatch):
    """A job that a supervisor has claimed."""
    monkeypatch.setattr(workspace.supervisor, "ensure", lambda: None)
    name = workspace.jobs.submit(CommandJob(command="true")).name
    workspace._context.store.jobs.claim(host="here", compute="local", limit=1, token="first")
    return name


@pytest.fixture
def claim(workspace, running):
    """A function that returns a claim on that job."""
    threads = Threads()
    yield lambda token, cancellation=None: Claim(
        workspace._context, threads, running, token, cancellation or CancellationToken()
    )
    threads.close()


@pytest.mark.integration
def test_only_the_last_claim_on_an_attempt_may_start_or_end_it(workspace, running, claim):
    async def check():
        first, second = claim("first"), claim("second")
        async with first.held():
            pass
        with pytest.raises(ClaimLostError):
            async with second.held():
                pass
        async with second.held(adopt=True):
            pass
        with pytest.raises(ClaimLostError, match="another supervisor has claimed"):
            async with first.held():
                pass
        workspace._context.store.jobs.transition(running, JobState.CANCELED)
        with pytest.raises(ClaimLostError, match="is Canceled already"):
            async with first.held(adopt=True):
                pass

    asyncio.run(check())


@pytest.mark.integration
def test_a_job_whose_directory_was_deleted_is_claimed(workspace, running, claim):
    shutil.rmtree(workspace._context.layout.job(running))

    async def check():
        async with claim("first").held():
            assert workspace._context.layout.claim(running).exists()

    asyncio.run(check())


@pytest.mark.integration
def test_a_claim_that_waits_for_another_supervisor_can_be_detached(workspace, running, claim):
    async def check():
        cancellation = CancellationToken()
        cancellation.detach()
        async with claim("first").held():
            with pytest.raises(DetachedError):
                async with claim("second", cancellation).held(adopt=True):
                    pass

    asyncio.run(check())
    assert workspace._context.store.jobs.claimed_by(running) == "first"


@pytest.mark.integration
def test_an_executor_that_was_started_under_another_claim_runs_nothing(tmp_path):
    folder = AttemptFolder(tmp_path / "1")
    folder.write_launch(Launch(type="command", command=f"touch {tmp_path}/ran", marker="m", token="first"))
    folder.work.mkdir()
    folder.fence("second")
    argv = [sys.executable, "-m", "jupyter_ml.executor", str(folder.path)]
    for token in ([], ["first"]):
        done = subprocess.run([*argv, *token], check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == EXIT_SUPERSEDED
        assert "another supervisor has claimed" in done.stderr
    assert not folder.event_log.exists()
    assert subprocess.run([*argv, "second"], check=False, stdin=subprocess.DEVNULL).returncode == 0
    assert (tmp_path / "ran").exists()


def test_a_lock_that_is_replaced_is_noticed(tmp_path):
    lock, info = tmp_path / "supervisor.lock", SupervisorInfo(pid=1, version="1", started_at=now())
    with elect(lock, info) as first:
        assert first()
        with elect(lock, info, patience_s=0) as refused:
            assert refused is None
        lock.unlink()
        assert not first()
        with elect(lock, info) as second:
            assert second()
            assert not first()
