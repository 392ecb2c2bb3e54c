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


def distribution(kind: str, **given: int) -> dict[str, object]:
    return {"distribution": {"type": kind, **given}}


def test_processes_have_ranks_and_logs_of_their_own(attempt) -> None:
    program = 'echo "$RANK $LOCAL_RANK of $WORLD_SIZE"; printf "%s" "$SECRET" | cut -c 1-3; printf "$SECRET" >&2'
    run = attempt(command=program, secrets=["SECRET"], **distribution("pytorch", process_count_per_instance=2))
    assert run.run(SECRET="se:cret") == 0
    assert [run.folder.process_log(rank).read_text() for rank in range(2)] == [
        f"{rank} {rank} of 2\nse:\n***" for rank in range(2)
    ]
    expected = [f"{rank}: {text}" for rank in range(2) for text in (f"{rank} {rank} of 2", "se:", "***")]
    assert sorted(run.folder.std_log.read_text().splitlines()) == sorted(expected)
    assert sorted("".join(event.text for event in run.events if isinstance(event, Log)).splitlines()) == sorted(
        expected
    )


def test_a_process_that_fails_ends_the_others(attempt) -> None:
    command = 'trap "echo ending; exit 9" TERM; [ $OMPI_COMM_WORLD_RANK = 1 ] && exit 3; while true; do :; done'
    run = attempt(command=command, **distribution("mpi", process_count_per_instance=3))
    assert run.run() == 1
    assert run.cause.kind is CauseKind.COMMAND
    assert run.cause.message == "Process 1 of the command ended with exit code 3."
    assert run.cause.exit_code == 3
    assert run.cause.hint == "See its log, user_logs/std_log_process_1.txt."
    assert run.folder.process_log(2).read_text() == "ending\n"
    [(_, warning)] = run.warnings
    assert "mpirun has not started them" in warning


def test_processes_find_each_other(attempt) -> None:
    program = """
import json, os, socket
config = json.loads(os.environ["TF_CONFIG"])
addresses, index = config["cluster"]["worker"], config["task"]["index"]
host, port = addresses[index].split(":")
listener = socket.create_server((host, int(port)))
if index == 0:
    listener.accept()[0].sendall(b"hello")
else:
    host, port = addresses[0].split(":")
    while True:
        try:
            with socket.create_connection((host, int(port))) as found:
                print(found.recv(5).decode())
            break
        except ConnectionRefusedError:
            pass
"""
    run = attempt(command="python a.py", **distribution("tensorflow", worker_count=2))
    (run.folder.work / "a.py").write_text(program)
    assert run.run() == 0, run.cause
    assert run.folder.process_log(1).read_text() == "hello\n"


def test_a_cancel_ends_all_of_several_processes(attempt) -> None:
    run = attempt(command="echo $$; sleep 600", **distribution("pytorch", process_count_per_instance=2)).start()
    shells = {run.until(lambda event, rank=rank: isinstance(event, Log) and event.text.startswith(rank)).text[3:]
              for rank in ("0", "1")}  # fmt: skip
    run.process.send_signal(signal.SIGTERM)
    assert run.wait() == 130
    assert run.ended.state == "Canceled"
    assert not any(Path(f"/proc/{int(each)}").exists() for each in shells)
