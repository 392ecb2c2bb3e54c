# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A command that is forked does and ends as one that is started, and nothing depends on its forkserver."""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from jupyter_ml.cli.handover import PRELOADED
from tests.integration import FORKS
from tests.workspaces import until, write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml import Workspace

pytestmark = [
    FORKS,
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="commands are forked on Linux only"),
]
COMMAND = [sys.executable, "-c", "from jupyter_ml.cli import main; main()"]
DIFFERENT = ({}, {"JUPYTER_USE_PROGRAMDATA": "1"})
"""Variables with which a command is forked, and with one that is read when modules are imported."""
WAIT = "import pathlib, time\nprint('begun', flush=True)\nwhile not pathlib.Path({!r}).exists(): time.sleep(0.01)"


@dataclass
class Commands:
    """Commands with a forkserver of their own."""

    folder: Path
    temporary: Path

    def argv(self, *arguments: object) -> list[str]:
        return [*COMMAND, *map(str, arguments)]

    def env(self, **env: str) -> dict[str, str]:
        return {**os.environ, "TMPDIR": str(self.temporary), **env}

    def run(self, *arguments: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        argv, given = self.argv(*arguments), self.env(**env)
        return subprocess.run(argv, cwd=cwd or self.folder, env=given, capture_output=True, text=True, check=False)

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        argv, given = self.argv(*arguments), self.env()
        return subprocess.Popen(
            argv, cwd=self.folder, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )

    @property
    def forkservers(self) -> list[psutil.Process]:
        found = []
        for lock in self.temporary.glob("*-cli-*/lock"):
            with suppress(psutil.NoSuchProcess, ValueError):
                found.append(psutil.Process(int(lock.read_text())))
        return [each for each in found if each.status() != psutil.STATUS_ZOMBIE]

    def forked(self) -> psutil.Process:
        """Return the fork that runs."""
        return until(lambda: next((child for each in self.forkservers for child in each.children()), None))

    def kill(self) -> None:
        for each in self.forkservers:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        until(lambda: not self.forkservers)


@pytest.fixture(scope="module")
def commands(shared: Workspace) -> Iterator[Commands]:
    with tempfile.TemporaryDirectory(prefix="c-") as temporary:
        commands = Commands(shared.folder.parent, Path(temporary))
        try:
            yield commands
        finally:
            commands.kill()


@pytest.fixture
def forking(commands: Commands, tmp_path: Path) -> Commands:
    """Return commands whose forkserver is ready."""
    if not commands.forkservers:
        assert commands.run("run", write_notebook(tmp_path / "first.ipynb", "1"), "-d").returncode == 0
        until(lambda: [*commands.temporary.glob("*-cli-*/agent.sock")] if commands.forkservers else None)
    return commands


@pytest.fixture
def waiting(forking: Commands, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return a command whose job has printed something, and goes on when the file ``go`` exists."""
    go = tmp_path / "go"
    process = forking.start("run", write_notebook(tmp_path / "waiting.ipynb", WAIT.format(str(go))))
    assert process.stdout is not None
    while "begun" not in process.stdout.readline():
        pass
    with process:
        yield process
        go.touch()
        process.kill()


def test_everything_that_a_command_imports_is_preloaded(commands: Commands, tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "1")
    code = f"""
import importlib, sys
for name in {PRELOADED!r}: importlib.import_module(name)
before = set(sys.modules)
from jupyter_ml.cli.app import run
code = run(["run", {str(path)!r}])
print("imported:", sorted(sys.modules.keys() - before), code)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=commands.folder, capture_output=True, text=True, check=True)
    assert "imported: [] 0" in done.stdout
    assert importlib.import_module(PRELOADED[0])


def test_a_fork_prints_and_ends_as_a_command_that_is_started(forking: Commands, tmp_path: Path) -> None:
    failing = write_notebook(tmp_path / "failing.ipynb", "print('before')", "1 / 0")
    looks = []
    for value in DIFFERENT:
        result = forking.run("run", failing, **value)
        looks.append((result.returncode, [line[:13] for line in result.stdout.splitlines()[-10:]], result.stderr))
        result = forking.run("run", "missing.ipynb", **value)
        looks.append((result.returncode, result.stdout, result.stderr))
        result = forking.run("run", "--no-such-option", **value)
        looks.append((result.returncode, result.stdout, result.stderr))
    assert looks[:3] == looks[3:]
    assert [look[0] for look in looks[:3]] == [1, 2, 2]


def test_a_fork_has_the_environment_and_the_directory(forking: Commands, tmp_path: Path) -> None:
    (tmp_path / "where").mkdir()
    write_notebook(tmp_path / "where" / "look.ipynb", "import os\nprint('token', os.environ['GIVEN_TOKEN'])")
    env = {"JUPYTER_ML_WORKSPACE": str(forking.folder), "GIVEN_TOKEN": "abcdefgh"}
    arguments = ("run", "look.ipynb", "--secret", "GIVEN_TOKEN", "-o", "json")
    result = forking.run(*arguments, cwd=tmp_path / "where", **env)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["state"] == "Completed"


def test_ctrl_c_leaves_the_job(forking: Commands, waiting: subprocess.Popen[str]) -> None:
    assert forking.forked().cmdline()
    waiting.send_signal(signal.SIGINT)
    _, errors = waiting.communicate()
    assert waiting.returncode == 130
    assert "The job continues in the background" in errors


def test_a_signal_ends_both(forking: Commands, waiting: subprocess.Popen[str]) -> None:
    fork = forking.forked()
    waiting.terminate()
    assert waiting.wait() == -signal.SIGTERM
    until(lambda: not fork.is_running())


def test_a_killed_command_leaves_no_fork(forking: Commands, waiting: subprocess.Popen[str]) -> None:
    fork = forking.forked()
    waiting.kill()
    until(lambda: not fork.is_running())


def test_a_killed_fork_ends_the_command_by_its_signal(forking: Commands, waiting: subprocess.Popen[str]) -> None:
    forking.forked().kill()
    assert waiting.wait() == -signal.SIGKILL


def test_both_are_stopped_and_continued(forking: Commands, waiting: subprocess.Popen[str], tmp_path: Path) -> None:
    fork, command = forking.forked(), psutil.Process(waiting.pid)
    waiting.send_signal(signal.SIGTSTP)
    until(lambda: command.status() == fork.status() == psutil.STATUS_STOPPED)
    waiting.send_signal(signal.SIGCONT)
    (tmp_path / "go").touch()
    assert waiting.wait() == 0


def test_a_command_goes_on_when_its_forkserver_is_killed(
    forking: Commands, waiting: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert forking.forked().is_running()
    forking.kill()
    (tmp_path / "go").touch()
    output, _ = waiting.communicate()
    assert waiting.returncode == 0
    assert "Completed" in output


def test_a_terminal_gets_its_width_and_live_lines(forking: Commands, tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "tty.ipynb", "print('in the terminal')")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 37, 0, 0))
    argv, env = forking.argv("run", path), forking.env(TERM="xterm")
    env.pop("COLUMNS", None)
    process = subprocess.Popen(argv, cwd=forking.folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the end of a terminal
        while data := os.read(ours, 65536):
            shown += data
    os.close(ours)
    assert process.wait() == 0
    text = re.sub(r"\x1b\[[\d;]*m", "", shown.decode())
    assert max(map(len, text[text.index("display name") :].splitlines())) == 37
    assert b"\x1b[?25l" in shown  # the cursor is hidden while the status is live


def test_a_fork_whose_reader_has_gone_ends(forking: Commands, tmp_path: Path) -> None:
    path, codes = write_notebook(tmp_path / "a.ipynb", "1"), []
    for value in DIFFERENT:
        incoming, outgoing = os.pipe()
        os.close(incoming)
        codes.append(
            subprocess.call(forking.argv("run", path), cwd=forking.folder, env=forking.env(**value), stdout=outgoing)
        )
        os.close(outgoing)
    assert codes[0] == codes[1] != 0


def test_other_files_have_another_forkserver(monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_ml.cli import handover

    directory = handover._directory()
    monkeypatch.setattr(handover, "installed_files", lambda: {"a.py": 1})
    assert handover._directory() != directory


def test_no_forkserver_where_forks_are_off(make_workspace, tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    with make_workspace(tmp_path / "w", local={"fork": False}) as workspace:
        commands = Commands(workspace.folder.parent, tmp_path / "t")
        path = write_notebook(tmp_path / "a.ipynb", "1")
        assert commands.run("run", path, "-d").returncode == 0
        assert not [*commands.temporary.glob("*-cli-*")]
