# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the command line: exit codes, and output for people and scripts."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys

import pytest
import yaml

from jupyter_ml.cli.app import run
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.workspace import SupervisorInfo, WorkspaceInfo
from tests.workspaces import TIMEOUT_S, until, write_notebook


@pytest.fixture
def ml(shared, monkeypatch, capsys):
    """Run ``jupyter ml`` in this process, in the directory of the shared workspace."""

    def run_command(*arguments, cwd=None, **env):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(cwd or shared.folder.parent)
            for name, value in env.items():
                patch.setenv(name, value)
            code = run([*map(str, arguments)])
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return run_command


@pytest.fixture
def process(shared):
    """Run ``jupyter ml`` in a process of its own."""

    def start(*arguments):
        command = [sys.executable, "-m", "jupyter_ml", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=shared.folder.parent, check=False)

    return start


def test_run_streams_the_job_and_shows_its_final_state(process, shared, tmp_path):
    path = write_notebook(tmp_path / "train.ipynb", "print('alpha is', alpha)", parameters="alpha: float = 0.1")
    result = process("run", path, "-p", "alpha=0.5", "--name", "good", "-e", "cli", "--tag", "team=a")
    assert result.returncode == 0, result.stderr
    for text in ("alpha is 0.5", "Completed", "(2 of 2)", "output.ipynb", "experiment", "cli"):
        assert text in result.stdout
    assert shared.jobs.get("good").tags == {"team": "a"}


def test_run_of_a_failing_notebook_shows_the_cause_and_exits_with_one(process, tmp_path):
    path = write_notebook(tmp_path / "train.ipynb", "x = 1", "x / 0")
    result = process("run", path)
    assert result.returncode == 1
    assert "ZeroDivisionError" in result.stderr
    assert "x / 0" in result.stderr


def test_run_of_a_script(ml, tmp_path):
    (tmp_path / "train.py").write_text("import sys; print(sys.argv[1:])")
    result = ml("run", "train.py", "-p", "alpha=0.5", cwd=tmp_path, JUPYTER_ML_WORKSPACE=str(_folder(ml)))
    assert result.returncode == 0, result.stderr
    assert "['--alpha', '0.5']" in result.stdout


def _folder(ml):
    return json.loads(ml("workspace", "show", "-o", "json").stdout)["folder"]


def test_a_secret_comes_from_the_environment(ml, shared, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "import os\nprint(len(os.environ['TOKEN']), os.environ['TOKEN'])")
    result = ml("run", path, "--secret", "TOKEN", TOKEN="s3cret-s3cret")
    assert result.returncode == 0, result.stderr
    assert "13 ***" in result.stdout
    assert "s3cret" not in result.stdout + result.stderr


def test_a_variable_without_a_value_is_passed_from_the_environment(ml, shared, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "import os\nprint(os.environ['MINE'], os.environ['GIVEN'])")
    result = ml("run", path, "--env", "MINE", "--env", "GIVEN=x=y", "--name", "passes", MINE="of-the-caller")
    assert result.returncode == 0, result.stderr
    assert "of-the-caller x=y" in result.stdout
    spec = shared.jobs.get("passes").spec
    assert (spec.pass_environment, spec.environment_variables) == (["MINE"], {"GIVEN": "x=y"})
    missing = ml("run", path, "--env", "NOT_THERE")
    assert missing.returncode == 2
    assert "NOT_THERE is not set in your environment" in missing.stderr
    assert ml("run", path, "--env", "=x").returncode == 2
    assert ml("run", path, "--env", "MINE", "--env", "MINE=1", MINE="1").returncode == 2


def test_create_list_show_cancel_archive_download_delete(ml, shared, tmp_path):
    (tmp_path / "job.yml").write_text(
        "type: command\ncommand: sleep 600\nname: slow\ndisplay_name: Slow one\nexperiment_name: operations\n"
    )
    created = ml("job", "create", "-f", tmp_path / "job.yml", "--set", "tags.team=b", "-o", "json")
    assert created.returncode == 0, created.stderr
    assert json.loads(created.stdout)["tags"] == {"team": "b"}
    until(lambda: shared.jobs.get("slow").state is JobState.RUNNING)

    assert ml("job", "delete", "slow", "--yes").returncode == 4
    assert ml("job", "download", "slow").returncode == 4
    listed = json.loads(ml("job", "list", "tags.team == b", "-o", "json").stdout)
    assert [job["name"] for job in listed] == ["slow"]

    canceled = ml("job", "cancel", "slow")
    assert (canceled.returncode, canceled.stdout) == (0, "slow: Canceled\n")
    assert ml("job", "stream", "slow").returncode == 130
    assert ml("job", "cancel", "slow").returncode == 4
    assert yaml.safe_load(ml("job", "show", "slow", "-o", "yaml").stdout)["state"] == "Canceled"

    assert "display name  Slow one" in ml("job", "show", "slow").stdout
    assert json.loads(ml("job", "archive", "slow", "-o", "json").stdout)[0]["archived"]
    assert "slow" not in ml("job", "list").stdout
    assert "slow" in ml("job", "list", "--archived").stdout
    ml("job", "restore", "slow")
    downloaded = ml("job", "download", "slow", "-p", tmp_path)
    assert downloaded.stdout.strip() == str(tmp_path / "slow")
    into_new = ml("job", "download", "slow", "-p", tmp_path / "new" / "folder")
    assert into_new.stdout.strip() == str(tmp_path / "new" / "folder" / "slow")
    as_json = ml("job", "download", "slow", "-p", tmp_path / "slow", "-o", "json")
    assert json.loads(as_json.stdout) == {"name": "slow", "folder": str(tmp_path / "slow" / "slow")}
    assert ml("job", "delete", "slow", "--yes").returncode == 0
    assert ml("job", "show", "slow").returncode == 3


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["job", "show", "missing"], 3, "missing"),
        (["run", "missing.ipynb"], 2, "missing.ipynb"),
        (["job", "list", "foo:bar"], 2, "unknown key 'foo'"),
        (["job", "list", "is:failed", "parameters.a <"], 2, "a value is missing after 'a' <"),
        (["job", "list", "--sort", "colour"], 2, "sort"),
        (["job", "list", "--state", "Done"], 2, "'Done' is not one of"),
        (["run", "a.ipynb", "-p", "alpha"], 2, "NAME=VALUE"),
        (["jbo", "list"], 2, "jbo"),
        (["--workspace", "/nowhere", "job", "list"], 5, "workspace init"),
        (["experiment", "show", "nothing"], 3, "nothing"),
    ],
)
def test_an_error_is_reported_with_the_exit_code_of_its_class(ml, arguments, code, message):
    result = ml(*arguments)
    assert result.returncode == code, result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_yaml_error_names_the_line(ml, tmp_path):
    (tmp_path / "job.yml").write_text("type: command\ncomand: ls\n")
    result = ml("job", "create", "-f", tmp_path / "job.yml")
    assert result.returncode == 2
    assert "job.yml:2: comand: unknown key (did you mean 'command'?)" in result.stderr


def test_ctrl_c_does_not_cancel_the_job(ml, shared, tmp_path):
    go = tmp_path / "go"
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)"
    path = write_notebook(tmp_path / "a.ipynb", "print('begun', flush=True)", wait)
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # what a background shell starts ignores it, and children too
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_ml", "run", path, "--name", "interrupted"],
        cwd=shared.folder.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if "begun" in line:
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=TIMEOUT_S)
    go.touch()
    assert process.returncode == 130
    assert "continues in the background" in errors
    assert shared.jobs.wait("interrupted").state is JobState.COMPLETED


def test_workspace_and_supervisor_are_shown_as_in_the_rest_api(ml, shared):
    def show():
        return WorkspaceInfo.model_validate_json(ml("workspace", "show", "-o", "json").stdout)

    until(lambda: show() == shared.info())  # jobs of other tests may end between the two
    shown = show()
    assert shown.supervisor == shared.supervisor.status()
    assert SupervisorInfo.model_validate_json(ml("supervisor", "status", "-o", "json").stdout) == shown.supervisor
    assert f"process {shown.supervisor.pid}" in ml("workspace", "show").stdout
    assert str(shared._context.layout.supervisor_log) in ml("supervisor", "status").stdout
    listed = json.loads(ml("experiment", "list", "-o", "json").stdout)
    assert [item["name"] for item in listed] == [item.name for item in shared.experiments.list().items]


def test_a_missing_supervisor_is_null_in_json(ml, tmp_path):
    ml("workspace", "init", tmp_path / "quiet")
    status = ml("supervisor", "status", "-o", "json", JUPYTER_ML_WORKSPACE=str(tmp_path / "quiet"))
    assert json.loads(status.stdout) is None


def test_init_creates_the_workspace_that_is_given(ml, tmp_path):
    new = tmp_path / "new directory" / "below"
    here = tmp_path / "here"
    here.mkdir()
    missing = ml("job", "list", JUPYTER_ML_WORKSPACE=str(new))
    assert missing.returncode == 5
    assert f"{new} does not exist; create one with: jupyter ml workspace init '{new}'" in missing.stderr
    (here / "file").touch()
    assert str(here / "file") in ml("--workspace", here / "file", "job", "list").stderr
    (here / "file").unlink()
    assert ml("workspace", "init", cwd=here, JUPYTER_ML_WORKSPACE=str(new)).returncode == 0
    assert (new / ".jupyter-ml" / "workspace.yml").exists()
    assert not list(here.iterdir())
    assert ml("job", "list", JUPYTER_ML_WORKSPACE=str(new)).returncode == 0
    assert ml("workspace", "init", cwd=here, JUPYTER_ML_WORKSPACE=str(new)).returncode == 4
    assert ml("workspace", "init", new / ".jupyter-ml").returncode == 4, "the path of the directory is stored in jobs"
    assert ml("--workspace", tmp_path / "option", "workspace", "init", cwd=here).returncode == 0
    assert (tmp_path / "option" / ".jupyter-ml").is_dir()
    assert ml("workspace", "init", here, JUPYTER_ML_WORKSPACE=str(new)).returncode == 0, "the argument takes precedence"
    assert (here / ".jupyter-ml").is_dir()
    (tmp_path / "file").write_text("")
    refused = ml("workspace", "init", tmp_path / "file" / "below")
    assert refused.returncode == 5
    assert str(tmp_path / "file" / "below") in refused.stderr


def test_init_prints_the_workspace_as_json(ml, tmp_path):
    created = WorkspaceInfo.model_validate_json(ml("workspace", "init", tmp_path / "x", "-o", "json").stdout)
    assert created.folder == str(tmp_path / "x" / ".jupyter-ml")


def test_a_running_job_has_a_duration_in_lists(ml, shared):
    job = shared.jobs.submit({"type": "command", "command": "sleep 600", "name": "unfinished"})
    until(lambda: shared.jobs.get(job.name).started_at)
    row = next(line for line in ml("job", "list", "unfinished").stdout.splitlines() if "unfinished" in line)
    assert re.search(r"ago +\d[\d.]* (s|min)", row), row
    assert re.search(r"duration +\d", ml("job", "show", "unfinished").stdout)
    shared.jobs.cancel(job.name)
    shared.jobs.wait(job.name)


HEAVY = [
    *("mlflow", "papermill", "nbformat", "nbclient", "jsonschema", "alembic", "pandas", "numpy"),
    *("IPython", "jupyter_client", "sqlalchemy.dialects.postgresql"),
]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["job", "list"], ["run", "{notebook}", "--detach"], ["job", "show", "light"]]
)
def test_submitting_and_listing_import_no_heavy_library(shared, tmp_path, arguments):
    path = write_notebook(tmp_path / "a.ipynb", "1", parameters="alpha: float = 1")
    if arguments[-1] == "light":
        shared.jobs.submit({"type": "command", "command": "true", "name": "light"})
    code = (
        "import sys\nfrom jupyter_ml.cli.app import run\n"
        f"code = run({[a.format(notebook=path) for a in arguments]!r})\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules], code)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=shared.folder.parent, check=True
    )
    assert "heavy: [] 0" in result.stdout, result.stdout + result.stderr


def test_a_job_is_run_again(ml, shared, tmp_path):
    path = write_notebook(tmp_path / "train.ipynb", "print('alpha is', alpha)", parameters="alpha: float = 0.1")
    assert ml("run", path, "-p", "alpha=0.5", "--name", "original", "--detach").returncode == 0
    path.unlink()
    result = ml("job", "rerun", "original", "-d")
    assert result.returncode != 0
    assert "--snapshot" in result.stderr
    result = ml("job", "rerun", "original", "--snapshot", "-p", "alpha=0.7", "-d", "-o", "json")
    again = shared.jobs.get(json.loads(result.stdout)["name"])
    assert again.spec.parameters == {"alpha": 0.7}
    assert again.snapshot == shared.jobs.get("original").snapshot
