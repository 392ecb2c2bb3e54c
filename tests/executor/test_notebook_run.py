# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notebooks run end to end: outputs, tags, parameters, displays."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import nbformat
import psutil
import pytest

from jupyter_ml.executor.usage import PeakMemory
from jupyter_ml.schemas.event_log import (
    CellFinished,
    CellStarted,
    ExecutorStarted,
    KernelStarted,
    Output,
    Sample,
)
from jupyter_ml.schemas.parameters import encode
from tests.notebooks.documents import code


def test_outputs_states_and_files(attempt) -> None:
    run = attempt(
        "import os, time\nprint('hello')\nprint(os.getcwd())",
        "import pathlib; pathlib.Path('outputs/model.txt').write_text('m')\n42",
        {"cell_type": "markdown", "source": "text", "metadata": {}},
        "",
        "while not os.path.exists('measured'): time.sleep(0.02)",
    ).start()
    sample = run.until(lambda event: isinstance(event, Sample) and event.usage.memory_bytes > 10**7)
    (run.folder.work / "measured").touch()
    assert run.wait() == 0, run.folder.log.read_text()
    assert (run.ended.state, run.ended.cause) == ("Completed", None)
    assert run.states == {0: "completed", 1: "completed", 4: "completed"}
    assert run.text == f"hello\n{run.folder.work}\n" == run.folder.std_log.read_text()
    assert (run.folder.outputs / "model.txt").read_text() == "m"
    assert not run.folder.sockets.is_symlink()
    assert run.cells[1]["outputs"][0]["data"] == {"text/plain": "42"}
    assert [run.cells[number]["execution_count"] for number in (0, 1, 4)] == [1, 2, 3]
    first, second = run.events[:2]
    assert isinstance(first, ExecutorStarted)
    assert first.cells == [0, 1, 4]
    assert isinstance(second, KernelStarted)
    assert sample in run.events
    assert "ipykernel==" in run.folder.packages.read_text()
    nbformat.validate(nbformat.reads(run.folder.output.read_text(), as_version=4))


def test_no_process_and_no_file_remains(attempt, tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    run = attempt("import os, subprocess; print(os.getpid()); subprocess.Popen(['sleep', '1000']).pid")
    assert run.run(TMPDIR=str(folder)) == 0
    assert list(folder.iterdir()) == []
    assert not run.folder.event_log.with_name("events.jsonl.reserve").exists()
    child = int(run.cells[0]["outputs"][1]["data"]["text/plain"])
    with suppress(psutil.NoSuchProcess):
        assert psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    for file in (run.folder.event_log, run.folder.std_log, run.folder.input, run.folder.output, run.folder.packages):
        assert file.stat().st_mode & 0o777 == 0o600


def test_parameters_arrive_with_their_types(attempt) -> None:
    values = {
        "a": (1, 2),
        "day": date(2026, 1, 2),
        "when": datetime(2026, 1, 2, 3, tzinfo=UTC),
        "where": Path("a b/'c'"),
        "text": "'quote' \"double\" \n ü {x}",
        "nested": [{"k": (None, True, 1.5)}],
        "one": (1,),
        "none": None,
    }
    run = attempt(
        "from datetime import datetime",
        code("a = day = when = where = text = nested = one = none = 0", "parameters"),
        "print(repr((a, day, when, where, text, nested, one, none)))\ndatetime.now().year > 0",
        parameters={name: encode(value) for name, value in values.items()},
    )
    assert run.run() == 0, run.ended
    assert run.text.strip() == repr(tuple(values.values()))
    assert run.states == {0: "completed", 1: "completed", -1: "completed", 2: "completed"}
    assert run.notebook["metadata"]["papermill"]["parameters"]["a"] == {"$type": "tuple", "value": [1, 2]}


def test_tags_select_the_cells_that_run(attempt) -> None:
    run = attempt(
        code("raise SystemError", "skip-in-job"),
        {"cell_type": "raw", "source": "print('only')", "metadata": {"tags": ["only-in-job"]}},
        code("print('both')", "only-in-job"),
        code("1 / 0", "raises-exception"),
        "print('after')",
        code("raise SystemError", "skip-execution"),
    )
    assert run.run() == 0
    states = dict.fromkeys(range(5), "completed") | {0: "skipped", 5: "skipped"}
    assert run.states == states
    assert run.warnings == []
    assert run.text == "only\nboth\nafter\n"
    assert run.cells[0]["metadata"]["papermill"]["status"] == "pending"
    assert run.cells[3]["outputs"][0]["ename"] == "ZeroDivisionError"


def test_only_the_selected_cells_run_after_the_parameters_cell(attempt) -> None:
    selected = {"cells": ["cell-3"], "parameters": {"a": 2}}
    run = attempt("raise SystemError", code("a = 1", "parameters"), "raise SystemError", "print(a)", **selected)
    assert run.run() == 0
    assert run.states == {0: "skipped", 1: "completed", -1: "completed", 2: "skipped", 3: "completed"}
    assert run.text == "2\n"
    assert [run.cells[number]["source"] for number in (0, 2)] == ["raise SystemError"] * 2


def test_sys_exit_completes_the_run(attempt) -> None:
    run = attempt("import sys; sys.exit()", "print('no')")
    assert run.run() == 0
    assert run.cells[1]["metadata"]["jupyter_ml"]["state"] == "not_run"


@pytest.mark.parametrize("source", ["exit()", "quit()", "exit", "exit(True)", "exit(0)", "exit(); print('rest')"])
def test_exit_completes_the_run(attempt, source: str) -> None:
    run = attempt(source, "import time; time.sleep(0.3); print('no')")
    assert run.run() == 0, run.ended
    assert run.text in ("", "rest\n")
    assert run.states == {0: "completed"}


def test_exit_with_a_code_is_a_failure(attempt) -> None:
    run = attempt("exit(3)", "print('no')")
    assert run.run() == 1
    assert (run.cause.exception, run.cause.value, run.states) == ("SystemExit", "3", {0: "failed"})


def test_an_error_that_does_not_fail_its_cell_causes_a_warning(attempt) -> None:
    run = attempt(
        "class Odd:\n    def _repr_html_(self):\n        raise OSError('no table')\ndisplay(Odd())",
        "def later():\n    get_ipython().events.unregister('post_execute', later)\n    raise KeyError('k')\n"
        "get_ipython().events.register('post_execute', later)",
        "print('fine')",
    )
    assert run.run() == 0, run.ended
    assert run.warnings == [
        (0, "Cell 1 of 3 raised OSError and continued: no table"),
        (1, "Cell 2 of 3 raised KeyError and continued: 'k'"),
    ]


def test_displays_and_clears(attempt) -> None:
    run = attempt(
        "from IPython.display import clear_output, display\nhandle = display('one', display_id=True)",
        "print('gone')\nclear_output()\nprint('kept')\nclear_output(wait=True)\nprint('last')",
        "handle.update('two')\nprint('x', end=''); print('y')",
        "import sys\nprint('o'); print('e', file=sys.stderr)",
    )
    assert run.run() == 0
    assert run.cells[0]["outputs"][0]["data"]["text/plain"] == "'two'"
    assert run.cells[1]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "last\n"}]
    assert run.cells[2]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "xy\n"}]
    assert {output["name"] for output in run.cells[3]["outputs"]} == {"stdout", "stderr"}


def test_output_is_recorded_while_the_cell_runs(attempt) -> None:
    run = attempt("import time\nprint('early', flush=True)\ntime.sleep(600)").start()
    run.until(lambda event: isinstance(event, Output))
    assert run.process.poll() is None
    assert "early" in run.folder.std_log.read_text()


def test_output_of_tasks_belongs_to_their_cell(attempt) -> None:
    run = attempt(
        "import asyncio\nasync def later():\n    await asyncio.sleep(0.2); print('late')\n"
        "task = asyncio.create_task(later())",
        "await task",
    )
    assert run.run() == 0
    assert run.cells[0]["outputs"][0]["text"] == "late\n"


def test_peak_memory_belongs_to_the_cell(attempt) -> None:
    run = attempt("x = bytearray(200_000_000); x = None", "pass")
    assert run.run() == 0
    peaks = [event.peak_memory_bytes for event in run.events if isinstance(event, CellFinished)]
    assert peaks[0] > 200_000_000 > peaks[1]


def test_input_is_refused(attempt) -> None:
    run = attempt("input('name?')")
    assert run.run() == 1
    assert run.cause.exception == "StdinNotImplementedError"


def test_large_output_is_complete(attempt) -> None:
    run = attempt("print('x' * 50_000_000)", "for i in range(20_000): print(i)")
    assert run.run() == 0
    assert run.cells[0]["outputs"][0]["text"] == "x" * 50_000_000 + "\n"
    assert run.cells[1]["outputs"][0]["text"] == "".join(f"{i}\n" for i in range(20_000))


def test_printed_text_is_not_kept_in_memory(attempt) -> None:
    run = attempt("print('x' * 50_000_000, flush=True)\nprint('y' * 100_000_000)").start()
    peak, memory = 0, PeakMemory(run.process.pid)
    while run.process.poll() is None:
        peak = max(peak, memory.read() or 0)
        time.sleep(0.02)
    assert run.ended.state == "Completed"
    assert peak < 280_000_000
    assert run.folder.std_log.stat().st_size == 150_000_002


def test_no_output_is_dropped_while_the_executor_is_busy(attempt) -> None:
    run = attempt(
        "import pathlib, time\ndisplay('first')\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)\n"
        "for number in range(5_000): display(number)\npathlib.Path('done').touch()"
    ).start()
    run.until(lambda event: isinstance(event, Output))
    run.process.send_signal(signal.SIGSTOP)
    (run.folder.work / "go").touch()
    while not (run.folder.work / "done").exists():
        time.sleep(0.01)
    run.process.send_signal(signal.SIGCONT)
    assert run.wait() == 0
    shown = [output["data"]["text/plain"] for output in run.cells[0]["outputs"]]
    assert shown == ["'first'", *map(str, range(5_000))]
    assert run.warnings == []


def test_numbers_without_a_json_form(attempt) -> None:
    run = attempt("display({'application/json': {'v': float('nan')}}, raw=True)")
    assert run.run() == 0, run.ended
    assert str(run.cells[0]["outputs"][0]["data"]["application/json"]["v"]) in ("nan", "None")


def test_old_messages_and_outputs_are_removed(attempt) -> None:
    first = attempt("1 / 0", "2")
    assert first.run() == 1
    second = attempt()
    (second.folder.work / "a.ipynb").write_text(first.folder.output.read_text().replace("1 / 0", "1"))
    assert second.run() == 0, second.ended
    assert [cell["cell_type"] for cell in second.notebook["cells"]] == ["code", "code"]
    assert [event.cell for event in second.events if isinstance(event, CellStarted)] == [2, 3]
