# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job ends as its executor reports, whatever else the job writes, removes and kills."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.process import Exit
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.signing import SigningKeys
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import Ended
from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.supervisor.outcome import DAMAGED, vanished
from jupyter_ml.supervisor.preparing import ensure_run, prepare
from tests.integration import KILLS
from tests.workspaces import executors_of, files_with, processes_of, until, write_notebook

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = KILLS

FORGE = """
import json, os, signal, time
def claim(*events):
    with open('../events.jsonl', 'a') as log:
        for event in events:
            log.write(json.dumps({**event, 'time': time.time()}) + chr(10))
COMPLETED = {'type': 'ended', 'state': 'Completed', 'signature': '0' * 128}
CELLS = [{'type': 'cell_finished', 'cell': n, 'state': 'completed', 'duration_s': 1} for n in (0, 1)]
"""
EXECUTOR = """
import os, signal, time
def executor():
    mark = f"JUPYTER_ML_PROCESS={os.environ['JUPYTER_ML_PROCESS']}".encode()
    for pid in os.listdir('/proc'):
        try:
            if int(pid) != os.getpid() and mark in open(f'/proc/{pid}/environ', 'rb').read().split(b'\\0'):
                return int(pid)
        except (ValueError, OSError):
            pass
"""
"""A kernel that was forked is not a child of its executor."""
KILL = "claim({events})\nos.kill(executor(), signal.SIGKILL)\ntime.sleep(600)"
UNSIGNED = {"type": "ended", "state": "Completed"}
WAIT = "while not os.path.exists({go!r}):\n    time.sleep(0.02)\n"
COMMAND_KILL = KILL.replace(
    "executor()", "int(open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2].split()[1])"
)


def run_script(workspace, folder: Path, source: str):
    """Submit a command that runs Python code in the job's working folder, as a child of its shell."""
    (folder / "code").mkdir()
    (folder / "code" / "job.py").write_text(source)
    return workspace.jobs.submit(CommandJob(command=f"{sys.executable} job.py; exit $?", code=str(folder / "code")))


def run_notebook(workspace, folder: Path, *cells: str):
    return workspace.jobs.submit(NotebookJob(notebook=str(write_notebook(folder / "a.ipynb", *cells)), code=None))


def supervisors(workspace):
    return [p for p in processes_of(workspace.folder) if "jupyter_ml.supervisor" in p.info["cmdline"]]


def kill_supervisor(workspace):
    [supervisor] = supervisors(workspace)
    supervisor.kill()
    until(lambda: not supervisors(workspace))


def test_a_command_that_forges_its_end_and_kills_its_executor_has_failed(shared, tmp_path):
    source = FORGE + COMMAND_KILL.replace("{events}", "COMPLETED")
    done = shared.jobs.wait(run_script(shared, tmp_path, source).name)
    assert (done.state, done.cause.kind, done.cause.signal) == (JobState.FAILED, CauseKind.EXECUTOR_DIED, "SIGKILL")
    assert "was killed by SIGKILL" in done.cause.message
    assert "does not count" in done.cause.message
    assert "kill its parent" in done.cause.hint


def test_a_notebook_that_forges_its_cells_and_its_end_and_kills_its_executor_has_failed(shared, tmp_path):
    source = EXECUTOR + FORGE + KILL.replace("{events}", "*CELLS, COMPLETED")
    done = shared.jobs.wait(run_notebook(shared, tmp_path, source, "2").name)
    assert (done.state, done.cause.kind, done.cause.signal) == (JobState.FAILED, CauseKind.EXECUTOR_DIED, "SIGKILL")
    executed = json.loads(shared.jobs.folder(done.name).output.read_text())
    assert executed["metadata"]["jupyter_ml"]["state"] == "Failed"


@pytest.mark.parametrize("code", [0, 3])
def test_an_end_that_a_command_forges_changes_nothing(shared, tmp_path, code):
    forged = "COMPLETED" if code else "{'type': 'ended', 'state': 'Failed'}"
    done = shared.jobs.wait(run_script(shared, tmp_path, f"{FORGE}claim({forged})\nraise SystemExit({code})").name)
    assert done.state is (JobState.FAILED if code else JobState.COMPLETED)
    assert (done.cause and done.cause.exit_code) == (code or None)


@pytest.mark.parametrize("partial", [False, True])
def test_a_notebook_cannot_report_its_own_end(shared, tmp_path, partial):
    more = "open('../events.jsonl', 'a').write('half a line')" if partial else "pass"
    source = f"{FORGE}claim({UNSIGNED})\ntime.sleep(0.7)\n{more}\nraise ValueError('right')"
    done = shared.jobs.wait(run_notebook(shared, tmp_path, source, "2").name)
    assert (done.state, done.cause.kind, done.cause.value) == (JobState.FAILED, CauseKind.EXCEPTION, "right")
    executed = json.loads(shared.jobs.folder(done.name).output.read_text())
    assert executed["metadata"]["jupyter_ml"]["state"] == "Failed"


def test_an_end_that_is_claimed_at_the_last_moment_does_not_count(shared, tmp_path):
    end = {"type": "ended", "state": "Failed", "cause": {"kind": "canceled", "message": "No."}}
    source = f"{FORGE}import atexit\natexit.register(claim, {end})"
    done = shared.jobs.wait(run_notebook(shared, tmp_path, source).name)
    assert (done.state, done.cause) == (JobState.COMPLETED, None)


def test_a_job_that_sends_its_executor_a_signal_is_not_canceled_and_retried(shared, tmp_path):
    source = EXECUTOR + "os.kill(executor(), signal.SIGTERM)\ntime.sleep(600)"
    path = write_notebook(tmp_path / "a.ipynb", source)
    done = shared.jobs.wait(shared.jobs.submit(NotebookJob(notebook=str(path), code=None, retries=1)).name)
    assert (done.state, done.cause.kind, done.attempt) == (JobState.FAILED, CauseKind.EXECUTOR_DIED, 2)
    assert done.cause.message.startswith("Another program has sent SIGTERM")
    executed = json.loads(shared.jobs.folder(done.name).output.read_text())
    assert executed["metadata"]["jupyter_ml"]["state"] == "Failed"


def test_an_end_that_a_daemon_copies_from_another_job_does_not_count(shared, tmp_path):
    other = shared.jobs.wait(shared.jobs.submit(CommandJob(command="true")).name)
    assert other.state is JobState.COMPLETED
    end = shared.jobs.folder(other.name).event_log.read_bytes().splitlines()[-1]
    assert b'"signature"' in end
    source = FORGE + f"open('../events.jsonl', 'ab').write({end!r} + b'\\n')\n" + COMMAND_KILL.replace("{events}", "")
    done = shared.jobs.wait(run_script(shared, tmp_path, source).name)
    assert (done.state, done.cause.kind) == (JobState.FAILED, CauseKind.EXECUTOR_DIED)


@pytest.mark.parametrize(
    "how",
    [
        "rm ../events.jsonl",
        ": > ../events.jsonl",
        "rm ../events.jsonl; echo x > ../events.jsonl",
        "rm ../events.jsonl; mkdir ../events.jsonl; touch ../events.jsonl/a",
        "rm ../events.jsonl; ln -s ../../nowhere ../events.jsonl",
        "rm ../events.jsonl; mkfifo ../events.jsonl",
    ],
)
@pytest.mark.parametrize("code", [0, 3])
def test_a_job_that_loses_its_event_log_ends_as_usual_with_a_warning(shared, how, code):
    command = f"echo before; sleep 0.3; {how}; echo after; exit {code}"
    done = shared.jobs.wait(shared.jobs.submit(CommandJob(command=command)).name)
    assert done.state is (JobState.FAILED if code else JobState.COMPLETED)
    assert (done.cause and done.cause.message) == ("The command ended with exit code 3." if code else None)
    assert done.warnings == [DAMAGED]
    assert shared.jobs.folder(done.name).std_log.read_text() == "before\nafter\n"


def test_a_notebook_goes_on_in_a_new_event_log(shared, tmp_path):
    done = shared.jobs.wait(
        run_notebook(shared, tmp_path, "import os\nos.remove('../events.jsonl')", "print('after')").name
    )
    assert (done.state, len(done.warnings)) == (JobState.COMPLETED, 1)
    executed = json.loads(shared.jobs.folder(done.name).output.read_text())
    assert executed["cells"][1]["outputs"][0]["text"] in ("after\n", ["after\n"])


@pytest.mark.parametrize("code", [0, 3])
def test_a_job_that_removes_its_directory_ends_as_usual_with_a_warning(shared, code):
    command = f"sleep 0.3; rm -rf ../../1; exit {code}"
    done = shared.jobs.wait(shared.jobs.submit(CommandJob(command=command)).name)
    assert done.state is (JobState.FAILED if code else JobState.COMPLETED)
    assert (done.cause and done.cause.message) == ("The command ended with exit code 3." if code else None)
    assert DAMAGED in done.warnings


@pytest.mark.parametrize(
    ("code", "message"), [(0, "The job ran to its end, but"), (1, "The executor ended with exit code 1.")]
)
def test_an_executor_whose_end_is_lost_is_not_described_by_files_that_do_not_exist(tmp_path, code, message):
    outcome = vanished(AttemptFolder(tmp_path / "gone"), Exit(code=code), started=True, forged=False)
    assert outcome.cause.message.startswith(message)
    assert "executor.log" not in (outcome.cause.hint or "")
    assert "killed" not in f"{outcome.cause.message} {outcome.cause.hint}"


@pytest.mark.parametrize(("out_of_memory", "kind"), [(True, "out_of_memory"), (False, "executor_died")])
def test_an_executor_that_was_killed_for_its_memory_is_described_so(tmp_path, out_of_memory, kind):
    ended = Exit(signal="SIGKILL", out_of_memory=out_of_memory)
    cause = vanished(AttemptFolder(tmp_path), ended, started=True, forged=False).cause
    assert (cause.kind, cause.signal) == (kind, "SIGKILL")


@pytest.mark.parametrize("ended", [Exit(lost="its container is stopped", unreachable=True), Exit(signal="SIGKILL")])
def test_memory_is_suspected_only_where_the_compute_remains(tmp_path, ended):
    cause = vanished(AttemptFolder(tmp_path), ended, started=True, forged=False).cause
    assert ("memory" in cause.hint) is not ended.unreachable


@pytest.mark.parametrize("lost", [False, True])
def test_an_honest_end_while_no_supervisor_runs_is_believed(shared, tmp_path, lost):
    go = tmp_path / "go"
    remove = "rm ../events.jsonl;" if lost else ""
    job = shared.jobs.submit(CommandJob(command=f"until test -e {go}; do sleep 0.02; done; {remove} echo end"))
    until(lambda: shared.jobs.get(job.name).state is JobState.RUNNING)
    kill_supervisor(shared)
    go.touch()
    path = shared.jobs.folder(job.name).path
    until(lambda: not executors_of(path))
    gone = datetime.now(UTC)
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause, len(done.warnings)) == (JobState.COMPLETED, None, int(lost))
    assert done.ended_at <= gone  # the supervisor that found the end was started later


def test_a_forged_end_while_no_supervisor_runs_is_not_believed(shared, tmp_path):
    go = tmp_path / "go"
    source = FORGE + WAIT.format(go=str(go)) + COMMAND_KILL.replace("{events}", "COMPLETED")
    job = run_script(shared, tmp_path, source)
    until(lambda: shared.jobs.get(job.name).state is JobState.RUNNING)
    kill_supervisor(shared)
    go.touch()
    path = shared.jobs.folder(job.name).path
    until(lambda: not executors_of(path))
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause.kind) == (JobState.FAILED, CauseKind.EXECUTOR_DIED)
    assert "does not count" in done.cause.message


def test_a_job_that_goes_on_under_the_next_supervisor_is_believed_when_it_ends(shared, tmp_path):
    go = tmp_path / "go"
    job = shared.jobs.submit(CommandJob(command=f"until test -e {go}; do sleep 0.02; done"))
    until(lambda: shared.jobs.get(job.name).state is JobState.RUNNING)
    kill_supervisor(shared)
    shared.supervisor.start()
    go.touch()
    assert shared.jobs.wait(job.name).state is JobState.COMPLETED


def test_an_executor_that_is_killed_after_its_last_event_has_ended(shared, tmp_path):
    """The supervisor sleeps meanwhile, and finds an end that is true, and an executor that was killed."""
    go = tmp_path / "go"
    job = shared.jobs.submit(CommandJob(command=f"until test -e {go}; do sleep 0.02; done; echo end"))
    until(lambda: shared.jobs.get(job.name).state is JobState.RUNNING)
    folder = shared.jobs.folder(job.name)
    [executor] = executors_of(folder.path)
    [supervisor] = supervisors(shared)
    supervisor.suspend()
    try:
        go.touch()
        until(lambda: any(isinstance(event, Ended) for event, _ in EventLogReader(folder.event_log)))
        executor.kill()
    finally:
        supervisor.resume()
    done = shared.jobs.wait(job.name)
    assert (done.state, done.cause) == (JobState.COMPLETED, None)


@pytest.mark.integration
def test_the_key_that_signs_is_in_no_file_and_nothing_shows_it(workspace, monkeypatch):
    monkeypatch.setattr(workspace.supervisor, "ensure", lambda: None)
    workspace.jobs.submit(CommandJob(command="true"))
    [job] = workspace._context.store.jobs.claim(host="here", compute="local", limit=1, token="t")
    keys = SigningKeys.create()
    executor = prepare(workspace._context, job, ensure_run(workspace._context, job, adopted=False), "t", keys.signing)
    assert ExecutorInput.decode(executor.stdin).key == keys.signing
    shown = [repr(executor), repr(keys), *executor.argv, *executor.env.values()]
    assert not [text for text in shown if keys.signing in text]
    assert files_with(workspace.folder, keys.signing) == []
