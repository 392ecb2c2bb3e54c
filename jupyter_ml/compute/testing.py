# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What every compute has to do, as tests: subclass `ComputeContract` in a test module and give it a `compute` fixture.

A compute that runs its programs elsewhere inherits all of it; programs are started with the Python that runs the tests.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.compute.base import MARKER, UNKNOWN_EXIT, Compute, ProcessSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.compute.base import Process

__all__ = ["ComputeContract"]

_TIMEOUT_S = 30.0

_DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        with open(sys.argv[1] + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        time.sleep(600)
    os._exit(0)
os.wait()
if sys.argv[2] == "stay":
    time.sleep(600)
"""
"""Starts a daemon in a session of its own, as users' notebooks do, and writes its number into a file."""

_ATTACH = """
import importlib, json, sys
module, name, info, verb = sys.argv[1:]
process = getattr(importlib.import_module(module), name)().attach(json.loads(info))
if verb == "kill":
    process.kill()
print(process.poll())
"""


def _eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class ComputeContract:
    """The tests; a subclass defines the fixture ``compute``."""

    @pytest.fixture
    def marker(self) -> str:
        """Return the marker of the programs of one test."""
        return uuid.uuid4().hex

    @pytest.fixture
    def start(self, compute: Compute, marker: str, tmp_path: Path) -> Iterator[Callable[..., Process]]:
        """Yield a function that starts Python code with arguments; end what it started."""
        started = []

        def start(code: str, *arguments: object, stdin: bytes = b"", **env: str) -> Process:
            argv = [sys.executable, "-c", code, *map(str, arguments)]
            environment = {"PATH": os.environ.get("PATH", os.defpath), **env}
            spec = ProcessSpec(
                argv=argv, cwd=tmp_path, log=tmp_path / "log", marker=marker, stdin=stdin, env=environment
            )
            started.append(compute.spawn(spec))
            return started[-1]

        yield start
        for process in started:
            process.kill()

    @pytest.fixture
    def daemon(self, start: Callable[..., Process], tmp_path: Path) -> Callable[[str], tuple[Process, int]]:
        """Start a program that leaves a daemon behind, and return it with the daemon's number."""

        def daemon(then: str) -> tuple[Process, int]:
            file = tmp_path / "daemon"
            process = start(_DAEMON, file, then)
            _eventually(file.exists)
            return process, int(file.read_text(encoding="utf-8"))

        return daemon

    def test_environment_and_folder_are_those_given(self, start: Callable[..., Process], tmp_path: Path) -> None:
        """Nothing of our own environment reaches the program, except what was given, and the marker."""
        code = "import json, os; json.dump([os.getcwd(), dict(os.environ)], open('seen', 'w'))"
        assert start(code, GREETING="hello").wait(_TIMEOUT_S) == 0
        cwd, environment = json.loads((tmp_path / "seen").read_text(encoding="utf-8"))
        assert cwd == str(tmp_path.resolve())
        assert environment["GREETING"] == "hello"
        assert environment[MARKER]
        assert environment.keys() - {"PATH", "LC_CTYPE"} == {"GREETING", MARKER}

    def test_output_is_appended_to_a_private_log(self, start: Callable[..., Process], tmp_path: Path) -> None:
        """Both streams go to the log, and a second start does not overwrite it."""
        for text in ("first", "second"):
            code = f"import sys; print({text!r}, flush=True); print('error', file=sys.stderr)"
            assert start(code).wait(_TIMEOUT_S) == 0
        assert (tmp_path / "log").read_text(encoding="utf-8") == "first\nerror\nsecond\nerror\n"
        assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600

    def test_standard_input_is_empty(self, start: Callable[..., Process]) -> None:
        """A program that asks for input must not hang."""
        assert start("import sys; sys.exit(len(sys.stdin.read()))").wait(_TIMEOUT_S) == 0

    def test_standard_input_is_what_was_given(self, start: Callable[..., Process]) -> None:
        """However long it is, and whether or not the program reads it."""
        code = "import sys; sys.exit(sys.stdin.buffer.read() != b'secret' * 100_000)"
        assert start(code, stdin=b"secret" * 100_000).wait(_TIMEOUT_S) == 0
        assert start("raise SystemExit(5)", stdin=b"secret" * 100_000).wait(_TIMEOUT_S) == 5

    @pytest.mark.parametrize("code", [0, 1, 42, 255])
    def test_exit_code(self, start: Callable[..., Process], code: int) -> None:
        """The exit code is the program's, and stays."""
        process = start(f"raise SystemExit({code})")
        assert process.wait(_TIMEOUT_S) == code
        assert process.poll() == code

    def test_poll_and_wait_while_it_runs(self, start: Callable[..., Process]) -> None:
        """Both say None."""
        process = start("import time; time.sleep(600)")
        assert process.poll() is None
        assert process.wait(0.05) is None

    def test_signal_reaches_the_program(self, start: Callable[..., Process], tmp_path: Path) -> None:
        """A handler runs; afterwards a signal does nothing."""
        code = (
            "import pathlib, signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
            "pathlib.Path('ready').touch()\n"
            "time.sleep(600)"
        )
        process = start(code)
        _eventually((tmp_path / "ready").exists)
        process.signal(signal.SIGTERM)
        assert process.wait(_TIMEOUT_S) == 7
        process.signal(signal.SIGTERM)

    def test_death_by_a_signal_is_negative(self, start: Callable[..., Process]) -> None:
        """As with `subprocess`."""
        process = start("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        assert process.wait(_TIMEOUT_S) == -signal.SIGSEGV

    def test_a_program_that_is_not_there(self, compute: Compute, tmp_path: Path) -> None:
        """It cannot be started, and the caller learns so at once."""
        with pytest.raises(OSError, match="no-such-program"):
            compute.spawn(ProcessSpec(argv=["/no-such-program"], cwd=tmp_path, log=tmp_path / "log", marker="none"))

    def test_kill_ends_daemons(self, daemon: Callable[[str], tuple[Process, int]]) -> None:
        """Even one that forked twice into a session of its own."""
        process, pid = daemon("stay")
        process.kill()
        assert process.poll() == -signal.SIGKILL
        assert not _alive(pid)

    def test_kill_after_the_end_ends_daemons(self, daemon: Callable[[str], tuple[Process, int]]) -> None:
        """The program has ended by itself, its daemon has not."""
        process, pid = daemon("leave")
        assert process.wait(_TIMEOUT_S) == 0
        assert _alive(pid)
        process.kill()
        assert not _alive(pid)
        assert process.poll() == 0

    def test_kill_marked_needs_no_handle(
        self, compute: Compute, marker: str, daemon: Callable[[str], tuple[Process, int]]
    ) -> None:
        """As after a crash of whoever watched it."""
        process, pid = daemon("stay")
        compute.kill_marked(marker)
        assert process.wait(_TIMEOUT_S) == -signal.SIGKILL
        assert not _alive(pid)

    def test_kill_ends_children_without_the_marker(self, start: Callable[..., Process], tmp_path: Path) -> None:
        """A child may have been started with an environment of its own."""
        code = (
            "import pathlib, subprocess, sys\n"
            "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], env={})\n"
            "pathlib.Path('new').write_text(str(child.pid)); pathlib.Path('new').rename('child')\n"
            "child.wait()"
        )
        process = start(code)
        _eventually((tmp_path / "child").exists)
        process.kill()
        assert not _alive(int((tmp_path / "child").read_text(encoding="utf-8")))

    def test_kill_outruns_a_program_that_forks(self, start: Callable[..., Process], tmp_path: Path) -> None:
        """Each process starts the next one and ends: a moving target."""
        code = (
            "import os, pathlib, time\n"
            "for number in range(100_000):\n"
            "    if os.fork():\n"
            "        os._exit(0)\n"
            "    os.setsid()\n"
            "    pathlib.Path('count').write_text(str(number))\n"
            "    time.sleep(0.01)"
        )
        process = start(code)
        _eventually((tmp_path / "count").exists)
        process.kill()
        count = (tmp_path / "count").read_text(encoding="utf-8")
        time.sleep(0.2)
        assert (tmp_path / "count").read_text(encoding="utf-8") == count

    def test_kill_spares_the_others(self, compute: Compute, start: Callable[..., Process], tmp_path: Path) -> None:
        """Another program of the same compute lives on."""
        other = compute.spawn(
            ProcessSpec(argv=["sleep", "600"], cwd=tmp_path, log=tmp_path / "other", marker=f"{uuid.uuid4()}")
        )
        start("import time; time.sleep(600)").kill()
        assert other.poll() is None
        other.kill()

    def _elsewhere(self, compute: Compute, process: Process, operation: str) -> str:
        kind = type(compute)
        argv = [sys.executable, "-c", _ATTACH, kind.__module__, kind.__name__, json.dumps(process.info()), operation]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()

    def test_attach_from_another_process(self, compute: Compute, start: Callable[..., Process]) -> None:
        """It sees it running and can end it."""
        process = start("import time; time.sleep(600)")
        assert self._elsewhere(compute, process, "poll") == "None"
        assert self._elsewhere(compute, process, "kill") == str(UNKNOWN_EXIT)
        assert process.wait(_TIMEOUT_S) == -signal.SIGKILL

    def test_attach_after_the_end(self, compute: Compute, daemon: Callable[[str], tuple[Process, int]]) -> None:
        """Nobody can tell how it ended, but what it left behind can be ended."""
        process, pid = daemon("leave")
        assert process.wait(_TIMEOUT_S) == 0
        again = compute.attach(process.info())
        assert again.poll() == UNKNOWN_EXIT
        assert again.wait(_TIMEOUT_S) == UNKNOWN_EXIT
        again.signal(signal.SIGTERM)
        again.kill()
        assert not _alive(pid)
