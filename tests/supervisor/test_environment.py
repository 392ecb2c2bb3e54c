# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job has the Python and variables of the client that submitted it, not of the one that started the supervisor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import psutil
import pytest

import jupyter_ml
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from tests.workspaces import files_with, write_notebook

pytestmark = pytest.mark.integration


TOKEN = "planted-mark-5f2c9e"
HERE = {**os.environ, "PYTHONPATH": str(Path(jupyter_ml.__file__).parents[1])}
"""The environment of a client that has nothing but this source tree and what the tests have."""


def run(workspace, job, **options):
    """Submit a job and return it as it ended, with what it printed."""
    job = workspace.jobs.wait(workspace.jobs.submit(job, **options).name)
    log = workspace._context.layout.attempt(job.name, job.attempt) / "std_log.txt"
    return job, log.read_text() if log.exists() else ""


def test_a_job_takes_the_variables_of_its_client_and_not_of_the_first_one(shared, monkeypatch):
    show = CommandJob(command="env", pass_environment=["MY_FLAG"])
    for value in ("one", "two"):
        monkeypatch.setenv("MY_FLAG", value)
        monkeypatch.setenv("OMP_NUM_THREADS", value)
        monkeypatch.setenv("https_proxy", f"http://proxy-{value}")
        _, printed = run(shared, show)
        lines = printed.splitlines()
        assert {f"MY_FLAG={value}", f"OMP_NUM_THREADS={value}", f"https_proxy=http://proxy-{value}"} <= {*lines}
    monkeypatch.delenv("OMP_NUM_THREADS")
    _, printed = run(shared, CommandJob(command="env", environment_variables={"MINE": "given"}))
    assert "MINE=given" in printed.splitlines()
    assert "MY_FLAG" not in printed
    assert "OMP_NUM_THREADS" not in printed


def test_nothing_that_a_client_has_reaches_the_supervisor_or_another_job(workspace, monkeypatch, tmp_path):
    marks = [
        "SOME_TOKEN",
        "MLFLOW_TRACKING_TOKEN",
        "JPY_API_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "PGPASSWORD",
        "JUPYTER_ML_X",
    ]
    for name in marks:
        monkeypatch.setenv(name, f"{TOKEN}-{name}")
    run(workspace, CommandJob(command="true", secrets=["SOME_TOKEN"]))
    info = workspace.supervisor.status()
    assert TOKEN not in json.dumps(psutil.Process(info.pid).environ())
    show = CommandJob(command="env; tr '\\0' '\\n' < /proc/$PPID/environ; cat /proc/$PPID/fd/0")
    _, printed = run(workspace, show)
    assert "JUPYTER_ML_JOB=" in printed
    assert TOKEN not in printed
    assert files_with(workspace.folder, TOKEN) == []


def test_what_was_ever_a_secret_is_masked_in_every_job(shared):
    run(shared, CommandJob(command="true", secrets=["KEY"]), secrets={"KEY": TOKEN})
    job, printed = run(shared, CommandJob(command=f"echo it is {TOKEN}"))
    assert printed == "it is ***\n"
    assert TOKEN not in AttemptFolder(shared._context.layout.attempt(job.name, 1)).event_log.read_text()


def test_a_password_that_was_passed_is_masked(shared, monkeypatch):
    monkeypatch.setenv("DB_PASSWORD", TOKEN)
    monkeypatch.setenv("HTTPS_PROXY", "http://me:proxy-password@proxy:3128")
    job, printed = run(shared, CommandJob(command='echo "$DB_PASSWORD $HTTPS_PROXY"', pass_environment=["DB_PASSWORD"]))
    assert printed == "*** http://me:***@proxy:3128\n"
    assert TOKEN not in job.model_dump_json()


def test_a_workspace_may_pass_more(make_workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", "/models")
    with make_workspace(tmp_path, pass_environment=["HF_*"]) as workspace:
        _, printed = run(workspace, CommandJob(command='echo "$HF_HOME"'))
    assert printed == "/models\n"


def test_a_variable_that_was_not_passed_is_named_in_the_hint(shared, monkeypatch, tmp_path):
    monkeypatch.setenv("MY_FLAG", "one")
    path = write_notebook(tmp_path / "a.ipynb", "import os\nos.environ['MY_FLAG']")
    (tmp_path / "a.py").write_text("import os\nos.environ['MY_FLAG']")
    for job in (
        NotebookJob(notebook=str(path)),
        CommandJob(command="python a.py", code=str(tmp_path)),
        CommandJob(command='set -u; echo "$MY_FLAG"'),
    ):
        ended, _ = run(shared, job)
        assert ended.state is JobState.FAILED
        assert "--env MY_FLAG" in ended.cause.hint, ended.cause
    ended, _ = run(shared, CommandJob(command="python -c \"{}['HOME']\""))
    assert "--env" not in ended.cause.hint


def make_environment(folder: Path, answer: int) -> Path:
    """Make a virtual environment with a package of its own, on top of that of the tests; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "_base.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    (packages / "own.py").write_text(f"answer = {answer}\n")
    kernel = folder / "share" / "jupyter" / "kernels" / f"kernel-{folder.name}"
    kernel.mkdir(parents=True)
    command = [str(folder / "bin" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": folder.name, "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    return folder / "bin" / "python"


SUBMIT = """
import sys
from jupyter_ml.services.workspace import Workspace
with Workspace.open(sys.argv[1]) as workspace:
    print(workspace.jobs.submit({sys.argv[2]: sys.argv[3], 'type': sys.argv[2], **eval(sys.argv[4])}).name)
"""


def submit(workspace, python: Path, kind: str, what: object, **more: object) -> str:
    """Submit a job from a Python and return its name."""
    command = [python, "-c", SUBMIT, workspace.folder, kind, str(what), repr(more)]
    done = subprocess.run(command, env=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_job_runs_in_the_environment_that_submitted_it(shared, tmp_path):
    one, two = make_environment(tmp_path / "one", 1), make_environment(tmp_path / "two", 2)
    path = write_notebook(tmp_path / "a.ipynb", "import own\nprint('answer', own.answer)")
    jobs = [
        (one, submit(shared, one, "command", "python -c 'import own; print(\"answer\", own.answer)'"), 1),
        (two, submit(shared, two, "command", "python -c 'import own; print(\"answer\", own.answer)'"), 2),
        (two, submit(shared, two, "notebook", path), 2),
        (one, submit(shared, one, "notebook", path, kernel_name="kernel-one"), 1),
    ]
    for python, name, answer in jobs:
        job = shared.jobs.wait(name)
        folder = shared._context.layout.attempt(name, 1)
        assert job.state is JobState.COMPLETED, (python, job.cause)
        assert (folder / "std_log.txt").read_text() == f"answer {answer}\n"


def test_a_job_that_another_one_submits_runs_when_that_and_its_packages_are_gone(make_workspace, tmp_path):
    (tmp_path / "second.py").write_text("import sys, pydantic\nprint('second in', sys.prefix)\n")
    with make_workspace(tmp_path, local={"max_concurrent": 1}) as workspace:
        submit_second = f"python -m jupyter_ml run {tmp_path}/second.py --no-code --name second --detach"
        first, _ = run(workspace, CommandJob(command=f"{submit_second}; echo $VIRTUAL_ENV"))
        assert first.state is JobState.COMPLETED, first.cause
        second = workspace.jobs.wait("second")
        folders = {job.name: workspace._context.layout.attempt(job.name, 1) for job in (first, second)}
        assert second.state is JobState.COMPLETED, second.cause
    assert (folders["second"] / "std_log.txt").read_text() == f"second in {folders['second']}/environment\n"
    assert not any((folder / "environment").exists() for folder in folders.values())


def test_a_kernel_of_another_environment_is_refused_when_the_job_is_submitted(shared, tmp_path):
    one, two = make_environment(tmp_path / "one", 1), make_environment(tmp_path / "two", 2)
    path = write_notebook(tmp_path / "a.ipynb", "1")
    command = [two, "-c", SUBMIT, shared.folder, "notebook", path, "{'kernel_name': 'kernel-one'}"]
    done = subprocess.run(command, env=HERE, capture_output=True, text=True, check=False)
    assert "there is no kernel 'kernel-one'" in done.stderr
    assert one.exists()


def test_an_environment_that_is_gone_is_named(make_workspace, tmp_path):
    with make_workspace(tmp_path, local={"max_concurrent": 1}) as workspace:
        python, gate = make_environment(tmp_path / "one", 1), tmp_path / "gate"
        first = workspace.jobs.submit(CommandJob(command=f"while ! [ -e {gate} ]; do sleep 0.05; done"))
        name = submit(workspace, python, "command", "true")
        python.unlink()
        gate.touch()
        assert workspace.jobs.wait(first.name).state is JobState.COMPLETED
        job = workspace.jobs.wait(name)
    assert job.cause.kind == "startup"
    assert f"{python}, does not exist any more" in job.cause.message


def test_what_a_job_names_does_not_reach_its_executor(shared, tmp_path):
    (tmp_path / "queue.py").write_text("raise RuntimeError('not the queue of the library')")
    named = {"PYTHONPATH": str(tmp_path), "PYTHONHOME": "/opt/other", "LD_PRELOAD": "/opt/other.so", "MINE": "1"}
    show = "echo $MINE $PYTHONHOME $JUPYTER_ML_JOB; readlink /proc/$PPID/cwd; tr '\\0' '\\n' < /proc/$PPID/environ"
    job, printed = run(shared, CommandJob(command=f"({show}) 2>/dev/null", environment_variables=named))
    assert job.state is JobState.COMPLETED, job.cause
    # the shell itself cannot preload the library, and reports so on its standard error at any time
    first, cwd, *executor = (line for line in printed.splitlines() if not line.startswith("ERROR: ld.so"))
    assert (first, cwd) == (f"1 /opt/other {job.name}", "/")
    assert any(line.startswith("PATH=") for line in executor)
    assert not {line.partition("=")[0] for line in executor} & {*named, "JUPYTER_ML_JOB", "MLFLOW_RUN_ID"} - {
        "PYTHONPATH"
    }
    assert f"PYTHONPATH={tmp_path}" not in executor
