# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel that was forked does what one does that was started, and nothing depends on its forkserver."""

from __future__ import annotations

import json
import os
import pydoc
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.agent.kernel_forks import start_forkserver
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import CellStarted, Output
from tests.integration import FORKS
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    FORKS,
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]

START = """
import os, sys
from jupyter_ml.agent.kernel_forks import directory_of, start_forkserver
start_forkserver(sys.executable, os.environ)
print(directory_of(sys.executable))
"""
LOOK = """
import json, os, resource, signal, site, sys, sysconfig, threading
import IPython
print(json.dumps({
    "path": sys.path,
    "python": [sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix, sys.flags, sys.argv[0]],
    "packages": [sysconfig.get_paths(), site.getsitepackages(), site.ENABLE_USER_SITE, IPython.__file__],
    "environment": {name: value for name, value in os.environ.items() if name not in ("JPY_PARENT_PID", "LINES")},
    "ours": [name for name in sys.modules if name.startswith("jupyter_ml")],
    "session": os.getsid(0) == os.getpid() == os.getpgid(0),
    "handlers": {number: str(signal.getsignal(number)).partition(" at ")[0] for number in range(1, 32)},
    "directory": os.getcwd(),
    "umask": os.umask(0o22),
    "files": resource.getrlimit(resource.RLIMIT_NOFILE),
    "streams": [os.path.basename(os.readlink(f"/proc/self/fd/{number}")).partition(":")[0] for number in range(3)],
    "main": sys.modules["__main__"].__dict__ is globals(),
    "threads": threading.active_count(),
}))
"""

WAIT = "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)"


@dataclass
class Forkserver:
    directory: Path
    env: dict[str, str]

    @property
    def pid(self) -> int:
        return int((self.directory / "lock").read_text())

    def start(self) -> None:
        subprocess.run([sys.executable, "-c", START], env={**os.environ, **self.env}, check=True, capture_output=True)
        until((self.directory / "agent.sock").exists)

    def kill(self) -> None:
        with suppress(OSError, ValueError):
            process = psutil.Process(self.pid)
            process.kill()
            until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
        for name in ("agent.sock", "agent.log", "modules"):
            (self.directory / name).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def started() -> Iterator[Forkserver]:
    with tempfile.TemporaryDirectory(prefix="f-") as folder:
        env = {"TMPDIR": folder}
        argv = [sys.executable, "-c", START]
        printed = subprocess.run(argv, env={**os.environ, **env}, check=True, stdout=subprocess.PIPE, text=True).stdout
        forkserver = Forkserver(Path(printed.strip()), env)
        try:
            yield forkserver
        finally:
            forkserver.kill()


@pytest.fixture
def attempt(attempt):
    """Return a function that creates an attempt whose kernel may be forked."""
    return partial(attempt, fork=True)


@pytest.fixture
def forkserver(started: Forkserver) -> Forkserver:
    """Return a forkserver that is ready."""
    started.start()
    return started


def test_a_forked_kernel_looks_like_one_that_was_started(attempt, forkserver: Forkserver) -> None:
    parent, looks = "import os\nprint(os.getppid())", []
    for fork in (False, True):
        run = attempt(parent, LOOK, fork=fork)
        assert run.run(**forkserver.env, MPLBACKEND="agg") == 0, run.folder.log.read_text()
        number, look = run.text.split("\n", 1)
        assert (int(number) == forkserver.pid) == fork
        looks.append(json.loads(look.replace(str(run.folder.path), "ATTEMPT")))
    assert looks[0] == looks[1]


def test_a_forkserver_that_does_not_start_raises_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="f-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        for python in ("/bin/false", str(tmp_path / "missing")):
            start_forkserver(python, os.environ)
        for directory in Path(folder).iterdir():
            directory.chmod(0o755)
        start_forkserver("/bin/false", os.environ)


def test_the_first_cell_has_number_one_and_all_output_is_recorded(attempt, forkserver: Forkserver) -> None:
    run = attempt(
        "import os\nprint(os.getppid())\nos.system('echo from a process')\nos.write(1, b'to the pipe\\n')\n1 + 1"
    )
    assert run.start(**forkserver.env).wait() == 0
    assert run.cells[0]["execution_count"] == 1
    assert run.cells[0]["outputs"][-1]["data"] == {"text/plain": "2"}
    assert f"{forkserver.pid}\n" in run.text
    assert {"from a process", "to the pipe"} <= {*(run.text + run.folder.log.read_text()).split("\n")}


@pytest.mark.parametrize(
    "source",
    [
        "import os; os._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import ctypes; ctypes.string_at(0)",
        "input()",
        "1 / 0",
    ],
)
def test_failures_have_the_same_cause(attempt, forkserver: Forkserver, source: str) -> None:
    causes = []
    for fork in (False, True):
        run = attempt("print('before')", source, fork=fork)
        assert run.run(**forkserver.env) == 1
        causes.append(run.cause.model_dump(exclude={"traceback"}))
    assert causes[0] == causes[1]


def test_a_cell_that_takes_too_long_is_interrupted(attempt, forkserver: Forkserver) -> None:
    run = attempt("import time\nwhile True: time.sleep(0.01)", cell_timeout=0.5)
    run.run(**forkserver.env)
    assert run.cause.kind is CauseKind.CELL_TIMEOUT
    assert "KeyboardInterrupt" in json.dumps(run.notebook)


def test_a_kernel_goes_on_when_its_forkserver_is_killed(attempt, forkserver: Forkserver) -> None:
    run = attempt(f"import os\nprint(os.getppid(), flush=True)\n{WAIT}")
    run.start(**forkserver.env)
    first = run.until(lambda event: isinstance(event, Output))
    assert int(first.output["text"]) == forkserver.pid
    forkserver.kill()
    (run.folder.work / "go").touch()
    assert run.wait() == 0
    assert run.states == {0: "completed"}


def test_the_cause_of_a_kernel_whose_end_is_unknown(attempt, forkserver: Forkserver) -> None:
    run = attempt(f"import os\n{WAIT}\nos._exit(5)")
    run.start(**forkserver.env)
    run.until(lambda event: isinstance(event, CellStarted))
    forkserver.kill()
    (run.folder.work / "go").touch()
    assert run.wait() == 1
    assert run.cause.kind is CauseKind.KERNEL_DIED
    assert "could learn how" in run.cause.message


@pytest.mark.parametrize("forkserver_too", [False, True])
def test_a_kernel_ends_with_its_executor(attempt, forkserver: Forkserver, forkserver_too: bool) -> None:
    run = attempt("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)")
    run.start(**forkserver.env)
    kernel = psutil.Process(int(run.until(lambda event: isinstance(event, Output)).output["text"]))
    assert kernel.ppid() == forkserver.pid
    if forkserver_too:
        forkserver.kill()
    assert run.process is not None
    os.kill(run.process.pid, signal.SIGKILL)
    until(lambda: not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE)


def test_a_kernel_is_started_while_the_forkserver_does_not_reply(attempt, forkserver: Forkserver) -> None:
    os.kill(forkserver.pid, signal.SIGSTOP)
    try:
        run = attempt("import os\nprint(os.getppid())")
        run.start(**forkserver.env)
        assert run.wait() == 0
        assert run.process is not None
        assert int(run.text) == run.process.pid
    finally:
        os.kill(forkserver.pid, signal.SIGCONT)
    again = attempt("import os\nprint(os.getppid())")
    assert again.run(**forkserver.env) == 0
    assert int(again.text) == forkserver.pid


@pytest.mark.parametrize("variables", [{"PYTHONHASHSEED": "7"}, {"OMP_NUM_THREADS": "1"}])
def test_variables_that_are_read_at_import_are_not_forked(attempt, forkserver: Forkserver, variables) -> None:
    run = attempt(f"import os\nprint(os.getppid(), os.environ[{next(iter(variables))!r}])")
    assert run.run(**forkserver.env, **variables) == 0
    parent, value = run.text.split()
    assert run.process is not None
    assert (int(parent), value) == (run.process.pid, next(iter(variables.values())))


def test_a_module_of_the_job_that_hides_an_installed_one_is_not_forked(
    attempt, forkserver: Forkserver, tmp_path
) -> None:
    shutil.copy(pydoc.__file__, tmp_path)
    run = attempt("import os, pydoc\nprint(os.getppid(), pydoc.__file__)")
    assert run.run(**forkserver.env, PYTHONPATH=str(tmp_path)) == 0
    assert run.process is not None
    assert run.text.split() == [str(run.process.pid), str(tmp_path / "pydoc.py")]


def test_kernels_of_a_changed_environment_are_started_until_another_forkserver_is_ready(
    attempt, forkserver: Forkserver
) -> None:
    changed = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    first, times = forkserver.pid, changed.stat()
    os.utime(changed)
    try:
        run = attempt("import os\nprint(os.getppid())")
        assert run.run(**forkserver.env) == 0
        assert run.process is not None
        assert int(run.text) == run.process.pid
        until(lambda: (forkserver.directory / "agent.sock").exists() and forkserver.pid != first)
        until(lambda: not psutil.pid_exists(first))
    finally:
        os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns))


@pytest.fixture
def learned(forkserver: Forkserver, attempt) -> Forkserver:
    """Return a forkserver that has learned what a notebook imports."""
    assert attempt("pass").run(**forkserver.env) == 0  # after which a forkserver of this environment is starting
    until((forkserver.directory / "agent.sock").exists)
    assert attempt("import os, yaml\nfrom yaml import safe_load").run(**forkserver.env) == 0
    until(lambda: "yaml is imported" in (forkserver.directory / "agent.log").read_text())
    return forkserver


@pytest.mark.parametrize(
    ("source", "forked"),
    [
        ("import yaml", True),
        ("# pip install another-version", False),
        ("with open('yaml.py', 'w') as file: file.write('mine = True')", True),
    ],
)
def test_what_notebooks_import_is_imported_before(attempt, learned: Forkserver, source: str, forked: bool) -> None:
    run = attempt(f"import os, sys\nprint('yaml' in sys.modules, os.getppid())\n{source}")
    assert run.run(**learned.env) == 0
    has, parent = run.text.split()
    assert (has == "True", int(parent) == learned.pid) == (forked, forked)


def test_a_module_in_the_directory_of_the_notebook_comes_first(attempt, learned: Forkserver) -> None:
    run = attempt("import yaml\nprint(yaml.mine)")
    (run.folder.work / "yaml.py").write_text("mine = 'mine'")
    assert run.run(**learned.env) == 0
    assert run.text == "mine\n"
