# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Each kind of failure has a cause, and the notebook shows which cells ran."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.notebooks.assemble import write_output
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.event_log import CellStarted, Ended, KernelStarted, Output
from tests.executor.attempts import kernel
from tests.integration import KILLS
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.integration, KILLS]


def test_exception(attempt) -> None:
    run = attempt("x = 1", "print('before')\nraise ValueError('no such luck')", "print('never')")
    assert run.run() == 1
    cause = run.cause
    assert (cause.kind, cause.cell, cause.exception, cause.value) == (
        CauseKind.EXCEPTION,
        1,
        "ValueError",
        "no such luck",
    )
    assert cause.cell_source.startswith("print('before')")
    assert any("ValueError" in line for line in cause.traceback)
    assert run.states == {0: "completed", 1: "failed"}
    statuses = {number: cell["metadata"]["papermill"]["status"] for number, cell in run.cells.items()}
    assert statuses == {0: "completed", 1: "failed", 2: "pending"}
    assert run.cells[2]["metadata"]["jupyter_ml"]["state"] == "not_run"
    top, _, stopped = run.notebook["cells"][:3]
    assert "Cell 2 of 3 raised ValueError" in top["source"]
    assert "The last cell never ran" in top["source"]
    assert f"(#{stopped['source'].removeprefix('### ').replace(' ', '-')})" in top["source"]


@pytest.mark.parametrize("traceback", ["pass", "return []", "return 'stopped'", "raise OSError"])
def test_an_exception_with_an_unusual_traceback_is_the_cause(attempt, traceback: str) -> None:
    odd = f"class Stop(Exception):\n    def _render_traceback_(self):\n        {traceback}"
    run = attempt(f"{odd}\nraise Stop('here')", "2")
    assert run.run() == 1
    assert (run.cause.kind, run.cause.exception, run.cause.value) == (CauseKind.EXCEPTION, "Stop", "here")
    assert run.cells[1]["metadata"]["jupyter_ml"]["state"] == "not_run"


def test_the_cause_is_the_displayed_error_if_the_reply_has_none(attempt) -> None:
    run = attempt("class Odd:\n    def _repr_html_(self):\n        raise OSError('no table')\nOdd()")
    assert run.run() == 1
    assert (run.cause.message, run.cause.value) == ("Cell 1 of 1 raised OSError.", "no table")
    assert any("_repr_html_" in line for line in run.cause.traceback)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("input('name? ')", "make the value a parameter"),
        ("open('../data.csv')", "need an absolute path"),
        ("import a_module_of_ours", "have to be in the code folder"),
    ],
)
def test_failures_that_only_jobs_have_come_with_a_hint(attempt, source: str, words: str) -> None:
    run = attempt(source)
    assert run.run() == 1
    assert words in run.cause.hint


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", CauseKind.KERNEL_DIED, "SIGKILL"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", CauseKind.KERNEL_DIED, "SIGSEGV"),
        ("import os; os._exit(3)", CauseKind.KERNEL_DIED, "exit code 3"),
        ("raise MemoryError", CauseKind.OUT_OF_MEMORY, "ran out of memory"),
        ("bytearray(1 << 60)", CauseKind.OUT_OF_MEMORY, "ran out of memory"),
    ],
)
def test_end_of_the_kernel(attempt, source: str, kind: CauseKind, words: str) -> None:
    run = attempt("print('first')", f"print('printed', flush=True)\n{source}", "print('never')")
    assert run.run() == 1
    assert (run.cause.kind, run.cause.cell) == (kind, 1)
    assert words in run.cause.message
    assert run.states == {0: "completed", 1: "failed"}
    assert run.cells[2]["metadata"]["jupyter_ml"]["state"] == "not_run"


def test_the_last_output_of_a_kernel_is_recorded(attempt) -> None:
    run = attempt("import sys, time, os\nprint('last output'); sys.stdout.flush(); time.sleep(0.3); os._exit(1)")
    assert run.run() == 1
    assert run.text == "last output\n"


def test_cell_timeout_shows_where_the_cell_was(attempt) -> None:
    run = attempt("import time\ntime.sleep(600)", cell_timeout=0.5)
    assert run.run() == 1
    assert (run.cause.kind, run.cause.cell) == (CauseKind.CELL_TIMEOUT, 0)
    assert run.cells[0]["outputs"][0]["ename"] == "KeyboardInterrupt"


STUBBORN = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('x', flush=True)\ntime.sleep(600)"


def test_a_cell_that_ignores_the_interrupt_is_killed(attempt) -> None:
    run = attempt(STUBBORN, cell_timeout=1)
    assert run.run() == 1
    assert run.cause.kind is CauseKind.CELL_TIMEOUT


def test_job_timeout(attempt) -> None:
    for seconds in (2.5, 60.5):  # the time runs from the start of the kernel, which is slow on a busy machine
        run = attempt("pass", "import time\nwhile True: time.sleep(0.1)", timeout=seconds)
        assert run.run() == 1
        if run.cause.cell == 1:
            break
    assert (run.cause.kind, run.cause.cell) == (CauseKind.TIMEOUT, 1)
    assert f"{seconds} s" in run.cause.message


@pytest.mark.parametrize("source", ["print('x', flush=True)\nimport time; time.sleep(600)", STUBBORN])
def test_cancel(attempt, source: str) -> None:
    run = attempt(source, "print('never')").start()
    run.until(lambda event: isinstance(event, Output))
    run.process.send_signal(signal.SIGTERM)
    assert run.wait() == 130
    assert (run.ended.state, run.cause.kind, run.cause.cell) == ("Canceled", CauseKind.CANCELED, 0)
    assert "canceled" in run.notebook["cells"][0]["source"]


def test_cancel_while_the_kernel_starts(attempt, tmp_path: Path) -> None:
    kernel(tmp_path, "slow", ["sleep", "600"])
    run = attempt("pass", kernel_name="slow").start(JUPYTER_PATH=str(tmp_path))
    until(run.folder.input.exists)
    run.process.send_signal(signal.SIGTERM)
    assert run.wait() == 130
    assert run.ended.state == "Canceled"


def test_kernel_that_does_not_start(attempt, tmp_path: Path) -> None:
    kernel(tmp_path, "broken", [sys.executable, "-c", "raise ImportError('no such kernel')", "{connection_file}"])
    run = attempt("pass", kernel_name="broken")
    assert run.run(JUPYTER_PATH=str(tmp_path)) == 1
    assert run.cause.kind is CauseKind.STARTUP
    assert run.cause.value == "ImportError: no such kernel"
    assert run.states == {}
    assert run.cells[0]["metadata"]["jupyter_ml"]["state"] == "not_run"


def test_kernel_whose_program_is_missing(attempt, tmp_path: Path) -> None:
    kernel(tmp_path, "missing", ["/no/such/program"])
    run = attempt("pass", kernel_name="missing")
    assert run.run(JUPYTER_PATH=str(tmp_path)) == 1
    assert "/no/such/program" in run.cause.message


def test_unknown_kernel_and_missing_notebook(attempt) -> None:
    run = attempt("pass", kernel_name="pyton3")
    assert run.run() == 1
    assert "did you mean 'python3'?" in run.cause.message
    run = attempt("pass", notebook="b.ipynb")
    assert run.run() == 1
    assert (run.cause.kind, "b.ipynb" in run.cause.message) == (CauseKind.STARTUP, True)


def test_exit_handlers_run(attempt) -> None:
    run = attempt(
        "import atexit, time, pathlib\natexit.register(lambda: (time.sleep(1), pathlib.Path('done').touch()))"
    )
    assert run.run() == 0
    assert (run.folder.work / "done").exists()


def test_executor_killed(attempt) -> None:
    run = attempt("import os\nprint(os.getpid(), flush=True)\nimport time; time.sleep(600)", "pass").start()
    output = run.until(lambda event: isinstance(event, Output))
    run.process.kill()
    run.process.wait()
    ended = Ended(time=time.time(), state="Failed", cause=Cause(kind=CauseKind.EXECUTOR_DIED, message="It was killed."))
    assert write_output(run.folder, ended)
    states = [cell["metadata"]["jupyter_ml"]["state"] for cell in run.cells.values()]
    assert states == ["failed", "not_run"]
    kernel_pid = int(output.output["text"])
    until(lambda: not Path(f"/proc/{kernel_pid}").exists())  # ipykernel looks for its parent every second


def test_a_folder_without_a_job(tmp_path: Path) -> None:
    for arguments in ([], [str(tmp_path)]):
        command = [sys.executable, "-m", "jupyter_ml.executor", *arguments]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 2


@pytest.fixture
def small_group() -> Iterator[Path]:
    """A control group with a limit of 150 MB."""
    unified = Path("/sys/fs/cgroup/cgroup.procs").exists()
    group = Path("/sys/fs/cgroup", *([] if unified else ["memory"]), f"jupyter-ml-test-{os.getpid()}")
    try:
        group.mkdir()
        (group / ("memory.max" if unified else "memory.limit_in_bytes")).write_text("150M")
    except OSError as error:
        pytest.skip(f"no control group can be created here: {error}")
    yield group
    group.rmdir()


def test_out_of_memory_kill_is_recognized(attempt, small_group: Path) -> None:
    join = f"import os; open('{small_group}/cgroup.procs', 'w').write(str(os.getpid()))"
    run = attempt(join, "x = b'1' * 300_000_000")
    assert run.run() == 1
    assert (run.cause.kind, run.cause.signal) == (CauseKind.OUT_OF_MEMORY, "SIGKILL")


def test_kernel_started_comes_first(attempt) -> None:
    run = attempt("pass")
    assert run.run() == 0
    kinds = [type(event) for event in run.events]
    assert kinds.index(KernelStarted) < kinds.index(CellStarted)
