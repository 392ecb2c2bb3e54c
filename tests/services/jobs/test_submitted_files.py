# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job is submitted with the files that it names, and with no others."""

from __future__ import annotations

import json
import subprocess

import pytest

from jupyter_ml.errors import InvalidInputError, TooLargeError
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from tests.services.jobs.submissions import assert_nothing_kept
from tests.workspaces import write_notebook


def test_a_notebook_outside_of_its_code(quiet, tmp_path):
    write_notebook(tmp_path / "outside.ipynb", "1")
    code = tmp_path / "code"
    code.mkdir()
    (code / "link.ipynb").symlink_to(tmp_path / "outside.ipynb")
    for path in (code / ".." / "outside.ipynb", code / "link.ipynb"):
        with pytest.raises(InvalidInputError, match="outside"):
            quiet.jobs.submit(NotebookJob(notebook=str(path), code=str(code)))
    assert_nothing_kept(quiet)


def test_a_link_out_of_the_code(quiet, tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    (code / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(InvalidInputError, match=r"passwords.*/etc/passwd"):
        quiet.jobs.submit(CommandJob(command="cat passwords", code=str(code)))
    assert_nothing_kept(quiet)


def test_ten_gigabytes_of_code_are_refused_immediately(quiet, tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    with (code / "raw.parquet").open("wb") as file:
        file.truncate(10 * 1024**3)
    (code / "train.py").write_text("print(1)")
    with pytest.raises(TooLargeError, match=r"raw\.parquet") as caught:
        quiet.jobs.submit(CommandJob(command="python train.py", code=str(code)))
    assert "snapshots.max_bytes" in str(caught.value)
    (code / ".amlignore").write_text("*.parquet\n")
    assert quiet.jobs.submit(CommandJob(command="python train.py", code=str(code))).state is JobState.QUEUED


@pytest.mark.integration
def test_the_state_of_the_repository_is_stored(quiet, tmp_path):
    repository = tmp_path / "code"
    repository.mkdir()
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    (repository / "train.py").write_text("print(1)\n")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    (repository / "train.py").write_text("print(2)\n")
    job = quiet.jobs.submit(CommandJob(command="python train.py", code=str(repository)))
    state = json.loads(quiet._context.layout.git_state(job.name).read_text())
    assert state["branch"] == "main"
    assert state["dirty"] is True


def test_yaml_paths_are_relative_to_the_file(quiet, tmp_path, monkeypatch):
    write_notebook(tmp_path / "project" / "nb" / "train.ipynb", "1", parameters="alpha: float = 0.5\ndata = 'x'")
    (tmp_path / "project" / "data.csv").write_text("a\n")
    (tmp_path / "project" / "job.yml").write_text(
        "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n"
        "type: notebook\nnotebook: nb/train.ipynb\ncode: .\nexperiment_name: from-yaml\n"
        "inputs:\n  data: {type: uri_file, path: data.csv}\n"
        "parameters:\n  alpha: 0.25\n  data: ${{inputs.data}}\n"
    )
    assert quiet.jobs.read(tmp_path / "project" / "job.yml", {"code": None}).code is None
    monkeypatch.chdir("/")
    spec = quiet.jobs.read(tmp_path / "project" / "job.yml", {"limits.timeout": 60, "parameters.alpha": 1})
    assert spec.limits.timeout == 60
    job = quiet.jobs.submit(spec)
    assert job.spec.notebook == str(tmp_path / "project" / "nb" / "train.ipynb")
    assert job.spec.inputs["data"].path == str(tmp_path / "project" / "data.csv")
    assert job.parameters == {"alpha": 1.0, "data": str(tmp_path / "project" / "data.csv")}
    assert job.spec.parameters["data"] == "${{inputs.data}}"
    assert job.experiment_name == "from-yaml"


def test_an_impossible_path_is_named(quiet):
    for path in ("x" * 300, "x/" * 2_046, "a\0b", "~unknown-user/x"):
        data = {"type": "uri_file", "path": path}
        for field, job in {
            "code": {"type": "command", "command": "true", "code": path},
            "notebook": {"type": "notebook", "notebook": path},
            "inputs.d.path": {"type": "command", "command": "true", "inputs": {"d": data}},
        }.items():
            with pytest.raises(InvalidInputError, match="cannot be a path") as caught:
                quiet.jobs.submit(job)
            assert caught.value.field == field
            assert len(str(caught.value)) < 400
    assert_nothing_kept(quiet)


@pytest.mark.parametrize(
    ("path", "message"),
    [("azureml:iris:1", "there is no data 'iris'"), ("file:///etc/passwd", "'file:///etc/passwd' cannot be read")],
)
def test_a_uri_is_not_a_contents_path(quiet, tmp_path, path, message):
    data = {"type": "uri_file", "path": path}
    job = {"type": "command", "command": "cat ${{inputs.data}}", "inputs": {"data": data}}
    with pytest.raises(InvalidInputError, match=message) as caught:
        quiet.jobs.submit(job, root=tmp_path)
    assert str(tmp_path) not in str(caught.value)
