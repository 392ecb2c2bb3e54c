# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Commands run in bash, and their output is recorded."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import Log
from tests.integration import KILLS

pytestmark = KILLS


def test_output_files_and_environment(attempt) -> None:
    cut = 'printf "caf\\xc3"; sleep 0.2; printf "\\xa9 \\xff"'
    run = attempt(command=f'echo "$PWD $GREETING"; echo oops >&2; echo m > outputs/model; {cut}')
    assert run.run(GREETING="hi") == 0
    assert run.ended.state == "Completed"
    text = {
        name: "".join(e.text for e in run.events if isinstance(e, Log) and e.name == name)
        for name in ("stdout", "stderr")
    }
    assert text == {"stdout": f"{run.folder.work} hi\ncafé \ufffd", "stderr": "oops\n"}
    assert sorted(run.folder.std_log.read_text()) == sorted(text["stdout"] + text["stderr"])
    assert (run.folder.outputs / "model").exists()
    assert not run.folder.output.exists()
    assert "pydantic==" in run.folder.packages.read_text()


@pytest.mark.parametrize(
    ("command", "kind", "exit_code", "name"),
    [
        ("exit 3", CauseKind.COMMAND, 3, None),
        ("no-such-program", CauseKind.COMMAND, 127, None),
        ("kill -SEGV $$", CauseKind.COMMAND, None, "SIGSEGV"),
        ("sh -c 'kill -KILL $$'; exit $?", CauseKind.COMMAND, 137, "SIGKILL"),
    ],
)
def test_failures(attempt, command: str, kind: CauseKind, exit_code: int | None, name: str | None) -> None:
    run = attempt(command=command)
    assert run.run() == 1
    assert (run.cause.kind, run.cause.exit_code, run.cause.signal) == (kind, exit_code, name)


def test_output_is_recorded_at_once_and_a_cancel_ends_all_processes(attempt) -> None:
    run = attempt(command="trap '' TERM; echo $$; sleep 600 & wait; sleep 600").start()
    shell = run.until(lambda event: isinstance(event, Log))
    run.process.send_signal(signal.SIGTERM)
    assert run.wait() == 130
    assert (run.ended.state, run.cause.kind) == ("Canceled", CauseKind.CANCELED)
    assert not Path(f"/proc/{int(shell.text)}").exists()


def test_timeout(attempt) -> None:
    run = attempt(command="sleep 600", timeout=0.7)
    assert run.run() == 1
    assert run.cause.kind is CauseKind.TIMEOUT


def test_a_remaining_child_process_does_not_delay_the_end(attempt) -> None:
    run = attempt(command="sleep 600 & echo done")
    assert run.run() == 0
    assert run.folder.std_log.read_text() == "done\n"


def test_a_command_that_closes_its_outputs_continues(attempt) -> None:
    run = attempt(command="echo x; exec >&- 2>&-; sleep 0.3; exit 4")
    assert run.run() == 1
    assert run.cause.exit_code == 4


def test_a_command_that_replaces_the_list_of_packages_ends_as_it_ends(attempt) -> None:
    install = "(cd ../environment/lib/python*/site-packages && mkdir a-1.dist-info)"
    run = attempt(command=f"{install}; rm ../packages.txt; mkdir ../packages.txt; exit 3")
    assert run.run() == 1
    assert (run.cause.kind, run.cause.exit_code) == (CauseKind.COMMAND, 3)
    [(_, warning)] = run.warnings
    assert "are not listed" in warning


def test_large_output_is_complete(attempt) -> None:
    run = attempt(command="head -c 20000000 /dev/zero | tr '\\0' x")
    assert run.run() == 0
    assert run.folder.std_log.stat().st_size == 20_000_000
