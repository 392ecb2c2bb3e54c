# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An invalid job is refused before anything is stored; a valid one is stored completely."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import ConflictError, InvalidInputError
from jupyter_ml.schemas.forms import FormQuery
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from tests.services.jobs.submissions import assert_nothing_kept
from tests.workspaces import write_notebook


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not JSON"),
        ("[]", "not a notebook"),
        ('{"cells": [], "metadata": {}}', "no 'nbformat'"),
        ('{"cells": [], "metadata": {}, "nbformat": 5}', "format 5"),
    ],
)
def test_a_file_that_is_not_a_notebook(quiet, tmp_path, content, words):
    path = tmp_path / "a.ipynb"
    path.write_text(content)
    with pytest.raises(InvalidInputError, match=words):
        quiet.jobs.submit(NotebookJob(notebook=str(path)))
    assert_nothing_kept(quiet)


@pytest.mark.parametrize(
    ("parameters", "values", "words"),
    [
        ("alpha: float = 0.5", {"alhpa": 1}, "did you mean 'alpha'"),
        ("alpha: float = 0.5", {"alpha": "large"}, "takes float"),
        (None, {"alpha": 1}, "tag"),
    ],
)
def test_parameters_are_checked_against_the_notebook(quiet, tmp_path, parameters, values, words):
    path = write_notebook(tmp_path / "a.ipynb", "1", parameters=parameters)
    with pytest.raises(InvalidInputError, match=words) as caught:
        quiet.jobs.submit(NotebookJob(notebook=str(path), parameters=values))
    assert caught.value.field is None or caught.value.field.startswith("parameters")
    assert_nothing_kept(quiet)


def test_an_unknown_kernel_names_the_nearest(quiet, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "1")
    with pytest.raises(InvalidInputError, match=r"'pyton3'.*did you mean 'python3'"):
        quiet.jobs.submit(NotebookJob(notebook=str(path), kernel_name="pyton3"))


def test_an_unknown_compute_names_the_nearest(quiet):
    with pytest.raises(InvalidInputError, match="did you mean 'local'"):
        quiet.jobs.submit(CommandJob(command="true", compute="locl"))


def test_a_job_that_names_no_compute_runs_on_the_default_one(make_workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write_notebook(tmp_path / "a.ipynb", "1")
    with make_workspace(tmp_path / "team", default_compute="large") as workspace:
        monkeypatch.setattr(type(workspace.supervisor), "ensure", lambda self: None)
        with pytest.raises(InvalidInputError, match="'large'"):
            workspace.jobs.submit(NotebookJob(notebook=str(path)))
        assert workspace.jobs.submit(NotebookJob(notebook=str(path), compute="local")).compute == "local"
        form = workspace.forms.get(FormQuery(path="a.ipynb"), tmp_path)
        assert form.data["compute"] == "large"


def test_a_name_already_taken(quiet):
    quiet.jobs.submit(CommandJob(command="echo first", name="mine"))
    with pytest.raises(ConflictError, match="'mine'"):
        quiet.jobs.submit(CommandJob(command="echo second", name="mine"))
    assert quiet.jobs.get("mine").spec.command == "echo first"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"type": "uri_file", "path": "nowhere.csv"}, "does not exist"),
        ({"type": "uri_file", "path": "."}, "write type: uri_folder"),
        ({"type": "uri_file", "path": "azureml:iris:1"}, "there is no data 'iris'"),
    ],
)
def test_inputs_are_checked(quiet, data, words):
    with pytest.raises(InvalidInputError, match=words) as caught:
        quiet.jobs.submit(CommandJob(command="cat ${{inputs.data}}", inputs={"data": data}))
    assert caught.value.field == "inputs.data.path"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "command: cat ${{inputs.data}}\ninputs:\n  data:\n    type: uri_file\n    path: none.csv",
            "5: inputs.data.path: ",
        ),
        ("command: 'true'\ncode: none", "2: code: "),
        ("command: 'true'\ncompute: none", "2: compute: "),
        ("command: 'true'\nenvironment:\n  name: none\n  conda_file:\n    dependencies: [graphviz]", "4: environment."),
        ("description: x\nnotebook: none.ipynb", "2: "),
        ("notebook: job.ipynb\nkernel_name: none", "2: "),
        ("notebook: job.ipynb\ncells: [none]", "2: cells: "),
    ],
)
def test_the_line_of_what_does_not_exist_is_named(quiet, tmp_path, text, message):
    write_notebook(tmp_path / "job.ipynb", "print(1)")
    (tmp_path / "job.yml").write_text(text)
    with pytest.raises(InvalidInputError) as caught:
        quiet.jobs.submit_yaml(tmp_path / "job.yml")
    assert f"job.yml:{message}" in str(caught.value)
    assert "none" in str(caught.value) or "graphviz" in str(caught.value)
    assert_nothing_kept(quiet)


def test_secrets_need_values_and_names(quiet, monkeypatch):
    monkeypatch.delenv("TOKEN", raising=False)
    with pytest.raises(InvalidInputError, match="no value for TOKEN"):
        quiet.jobs.submit(CommandJob(command="true", secrets=["TOKEN"]))
    with pytest.raises(InvalidInputError, match="not named in the job"):
        quiet.jobs.submit(CommandJob(command="true"), secrets={"TOKEN": "correct horse"})
    with pytest.raises(InvalidInputError, match="environment_variables too"):
        quiet.jobs.submit(
            CommandJob(command="true", secrets=["A"], environment_variables={"A": "b"}), secrets={"A": "long enough"}
        )
    with pytest.raises(InvalidInputError) as caught:
        quiet.jobs.submit(CommandJob(command="true", secrets=["A"]), secrets={"A": "abc"})
    assert "abc" not in str(caught.value).replace("A", "")
    assert_nothing_kept(quiet)


def test_defaults_of_a_notebook_are_recorded_but_not_passed_to_it(quiet, tmp_path):
    source = "a = 1\nb = 'x'\nc = compute()\nkey = 'my correct horse'\nd = '${{inputs.x}}'\ne = '${{inputs.x}}'"
    path = write_notebook(tmp_path / "a.ipynb", "1", parameters=source)
    job = quiet.jobs.submit(
        NotebookJob(
            notebook=str(path), parameters={"b": "y", "d": "${{inputs.x}}"}, inputs={"x": "file"}, secrets=["TOKEN"]
        ),
        secrets={"TOKEN": "correct horse"},
    )
    assert job.parameters == {"a": 1, "b": "y", "key": "my ***", "d": "file", "e": "${{inputs.x}}"}
    assert job.spec.parameters == {"b": "y", "d": "${{inputs.x}}"}
    assert quiet.jobs.list(JobQuery(filter="parameters.a = 1")).total == 1


def test_a_rerun_reads_its_own_inputs(quiet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text("print(1)")
    (tmp_path / "data.csv").write_text("a\n")
    first = quiet.jobs.submit(CommandJob(command="python train.py", code="."))
    (tmp_path / "train.py").write_text("print(2)")
    data = {"type": "uri_file", "path": "data.csv"}
    job = {"type": "command", "command": "python train.py ${{inputs.data}}", "inputs": {"data": data}}
    again = quiet.jobs.submit(job, rerun_of=first.name)
    assert (again.snapshot, again.spec.code) == (first.snapshot, first.spec.code)
    assert again.spec.inputs["data"].path == str(tmp_path / "data.csv")


def test_text_is_converted_to_the_declared_types(quiet, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "1", parameters="alpha: float = 0.5\nlabel: str = 'x'\nn = 3")
    spec = quiet.jobs.from_file(path, {"alpha": "1", "label": "007", "n": "5"})
    assert spec.parameters == {"alpha": 1.0, "label": "007", "n": 5}
    assert spec.code == str(tmp_path)
    assert quiet.jobs.from_file(path, code=False).code is None


def test_a_script_becomes_a_command(quiet, tmp_path):
    (tmp_path / "my train.py").write_text("print(1)")
    spec = quiet.jobs.from_file(tmp_path / "my train.py", {"alpha": "0.5", "name": "it's"})
    assert spec.command == "python 'my train.py' --alpha ${{inputs.alpha}} --name ${{inputs.name}}"
    assert spec.inputs == {"alpha": 0.5, "name": "it's"}
    (tmp_path / "x.txt").write_text("")
    with pytest.raises(InvalidInputError, match="expected a notebook"):
        quiet.jobs.from_file(tmp_path / "x.txt")


def test_a_failed_submission_stores_nothing(quiet, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(quiet._context.job_secrets), "put", full)
    with pytest.raises(OSError, match="No space left"):
        quiet.jobs.submit(CommandJob(command="true", secrets=["A"], name="mine"), secrets={"A": "long enough"})
    assert_nothing_kept(quiet)


@pytest.mark.parametrize(
    "name", ["jupyter_ml.job", "./jupyter_ml.snapshot", "jupyter@ml.job", "mlflow.user", "mlflow.parentRunId"]
)
def test_tags_by_which_a_run_is_found_are_refused(quiet, name):
    with pytest.raises(InvalidInputError, match="is reserved") as raised:
        quiet.jobs.submit(CommandJob(command="true", tags={name: "x"}))
    assert raised.value.field == f"tags.{name}"
    allowed = {"team": "a", "mlflow.note.content": "of mine", "my.jupyter_ml.job": "b"}
    assert quiet.jobs.submit(CommandJob(command="true", tags=allowed)).tags == allowed
