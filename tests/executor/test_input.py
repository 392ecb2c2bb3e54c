# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The executor runs nothing without its complete input, and passes the variables in it to the job only."""

from __future__ import annotations

import subprocess
import sys

import pytest

from jupyter_ml.eventlog.signing import SigningKeys
from jupyter_ml.executor.python_installation import describe
from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.exit_codes import EXIT_USAGE

pytestmark = pytest.mark.integration


def execute(run, content: bytes) -> subprocess.CompletedProcess[bytes]:
    argv = [sys.executable, "-P", "-m", "jupyter_ml.executor", str(run.folder.path)]
    return subprocess.run(argv, input=content, capture_output=True, check=False)


@pytest.mark.parametrize("missing", [1, 40, None])
def test_nothing_is_run_without_the_complete_input(attempt, missing):
    run = attempt(command="touch ran", signed=True)
    content = ExecutorInput(environment={"TOKEN": "planted"}, key=SigningKeys.create().signing).encode()
    done = execute(run, content[:-missing] if missing else b"")
    assert done.returncode == EXIT_USAGE
    assert b"is incomplete" in done.stderr
    assert b"planted" not in done.stderr
    assert not run.folder.event_log.exists()
    assert not (run.folder.work / "ran").exists()


def test_the_variables_in_the_input_are_those_of_the_command_alone(attempt, tmp_path):
    (tmp_path / "queue.py").write_text("raise RuntimeError('not the queue of the library')")
    given = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path), "PYTHONHOME": "/opt/other"}
    run = attempt(command='echo "$PYTHONPATH $PYTHONHOME"; tr "\\0" "\\n" < /proc/$PPID/environ')
    assert execute(run, ExecutorInput(environment=given).encode()).returncode == 0, run.folder.log
    first, *executor = run.folder.std_log.read_text().splitlines()
    assert first == f"{tmp_path} /opt/other"
    assert not [line for line in executor if line.startswith(("PYTHONHOME=", f"PYTHONPATH={tmp_path}"))]


def test_the_variables_in_the_input_are_those_of_the_kernel(attempt, tmp_path):
    (tmp_path / "own.py").write_text("answer = 42")
    (tmp_path / "own-1.2.dist-info").mkdir()
    given = ExecutorInput(environment={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)})
    run = attempt("import own, os\nprint(own.answer, 'HOME' in os.environ)")
    done = execute(run, given.encode())
    assert done.returncode == 0, done.stderr
    assert run.text == "42 False\n"
    assert "own==1.2" in run.folder.packages.read_text().splitlines()


def test_a_python_is_described_as_it_is_going_to_run(tmp_path):
    python = describe(sys.executable, {"PYTHONPATH": str(tmp_path)})
    assert str(tmp_path) in python.path
    assert python.sites == describe(sys.executable).sites
    assert describe(sys.executable, {"PYTHONHOME": "/opt/other"}) is None
