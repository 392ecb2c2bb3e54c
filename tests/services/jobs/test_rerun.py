# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job runs again in one call, with today's files or with its snapshot, and the form shows which."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import ConflictError, InvalidInputError
from jupyter_ml.schemas.forms import FormQuery
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.services.jobs.submission import record_of
from tests.workspaces import write_notebook


@pytest.fixture
def quiet(workspace, tmp_path, monkeypatch):
    """Return a workspace without a supervisor."""
    monkeypatch.setattr(type(workspace.supervisor), "ensure", lambda self: None)
    monkeypatch.chdir(tmp_path)  # not in a git repository
    return workspace


@pytest.fixture
def root(quiet):
    return quiet.folder.parent


@pytest.fixture
def train(root):
    return write_notebook(root / "models" / "train.ipynb", "print(alpha)", parameters="alpha: float = 0.5\nbeta = 1")


def change(notebook):
    write_notebook(notebook, "print('new', alpha)", parameters="alpha: float = 0.5\nbeta = 1\ngamma = 2")


def test_today_s_files_or_the_snapshot(quiet, train):
    job = quiet.jobs.submit_file(train, {"alpha": "2"}, name="first", tags={"a": "b"}, experiment_name="best")
    change(train)
    today = quiet.jobs.rerun("first", typed={"gamma": "3"})
    assert today.name != job.name
    assert (today.experiment_name, today.tags) == ("best", {"a": "b"})
    assert today.spec.parameters == {"alpha": 2.0, "gamma": 3}
    assert today.snapshot != job.snapshot

    then = quiet.jobs.rerun("first", {"beta": 5}, snapshot=True)
    assert then.snapshot == job.snapshot
    assert then.spec.parameters == {"alpha": 2.0, "beta": 5}
    with pytest.raises(InvalidInputError, match="no parameter 'gamma'"):
        quiet.jobs.rerun("first", {"gamma": 5}, snapshot=True)
    assert quiet.jobs.rerun(then.name, snapshot=True).spec.parameters == then.spec.parameters


def test_files_that_are_gone_are_run_from_the_snapshot_only(quiet, train, root, tmp_path_factory):
    job = quiet.jobs.submit_file(train)
    cell = quiet.jobs.submit_cell("x", {"x": "1"})
    train.unlink()
    for each in (job, cell):
        with pytest.raises(ConflictError, match=f"does not exist any more; run the code of {each.name} as it was"):
            quiet.jobs.rerun(each.name)
        assert quiet.jobs.rerun(each.name, snapshot=True).snapshot == each.snapshot
    outside = quiet.jobs.submit_file(write_notebook(tmp_path_factory.mktemp("elsewhere") / "a.ipynb"))
    assert quiet.jobs.rerun(outside.name).snapshot == outside.snapshot
    with pytest.raises(ConflictError, match="outside of the root directory"):
        quiet.jobs.rerun(outside.name, root=root)
    assert quiet.jobs.rerun(outside.name, snapshot=True, root=root).snapshot == outside.snapshot


def test_the_inputs_of_a_command_are_its_parameters(quiet, root):
    (root / "train.py").write_text("")
    (root / "data.csv").write_text("")
    inputs = {"data": {"type": "uri_file", "path": str(root / "data.csv")}}
    job = quiet.jobs.submit_file(root / "train.py", {"alpha": "0.5"})
    assert quiet.jobs.rerun(job.name, typed={"alpha": "0.7"}).spec.inputs == {"alpha": 0.7}
    assert quiet.jobs.rerun(job.name).spec.command == job.spec.command
    job = quiet.jobs.submit({"type": "command", "command": "cat ${{inputs.data}}", "inputs": inputs})
    with pytest.raises(InvalidInputError, match=r"no parameter 'alpa'.*literal inputs are: none") as caught:
        quiet.jobs.rerun(job.name, {"alpa": 1})
    assert caught.value.field == "parameters.alpa"


def test_a_selection_of_cells(quiet, root):
    path = write_notebook(root / "train.ipynb", "1 / 0", "print(alpha)", "", parameters="alpha = 1")
    spec = {"type": "notebook", "notebook": str(path), "cells": ["cell-2"], "parameters": {"alpha": 2}}
    job = quiet.jobs.submit(spec)
    assert quiet.jobs.rerun(job.name).spec.cells == ["cell-2"]
    assert quiet.forms.get(FormQuery(job=job.name), root).data["cells"] == ["cell-2"]
    for cells, message in (
        (["cell-2", "gone"], "no cell with the ID 'gone'"),
        (["cell-3"], "none of the selected cells is a code cell"),
        ([], "at least 1"),
    ):
        with pytest.raises(InvalidInputError, match=message) as caught:
            quiet.jobs.submit(spec | {"cells": cells})
        assert caught.value.field == "cells"


def test_a_rerun_keeps_inputs_from_outside_of_the_root(quiet, train, root, tmp_path_factory):
    data = tmp_path_factory.mktemp("elsewhere") / "data.csv"
    data.write_text("")
    inputs = {"data": {"type": "uri_file", "path": str(data)}}
    job = quiet.jobs.submit({"type": "notebook", "notebook": str(train), "inputs": inputs})
    form = quiet.forms.get(FormQuery(job=job.name, snapshot=True), root)
    submitted = {**form.data, "secrets": []}
    again = quiet.jobs.submit(submitted, root=root, rerun_of=form.rerun_of)
    assert again.spec.inputs == job.spec.inputs
    assert quiet.jobs.rerun(job.name, root=root).spec.inputs == job.spec.inputs
    with pytest.raises(InvalidInputError, match="does not exist"):
        quiet.jobs.submit(submitted, root=root)


def test_a_notebook_of_papermill_has_files_and_no_snapshot(quiet, train):
    record = record_of(NotebookJob(notebook=str(train)), {}, "default", None)
    quiet._context.store.jobs.insert(record.model_copy(update={"runner": Runner.PAPERMILL}), host=None)
    assert quiet.jobs.rerun(record.name).snapshot is not None
    with pytest.raises(ConflictError, match="no snapshot of the notebook"):
        quiet.jobs.rerun(record.name, snapshot=True)


def test_the_form_shows_which_code_runs(quiet, train, root):
    job = quiet.jobs.submit_file(train, {"alpha": "2"})

    def form(snapshot=None):
        return quiet.forms.get(FormQuery(job=job.name, snapshot=snapshot), root)

    assert form().code.model_dump() == {"snapshot": False, "files": True, "changed": False}
    change(train)
    today, then = form(), form(snapshot=True)
    assert (today.code.changed, today.rerun_of, today.data["notebook"]) == (True, None, "models/train.ipynb")
    assert "gamma" in today.fields["properties"]["parameters"]["properties"]
    assert (then.code.snapshot, then.code.changed, then.rerun_of) == (True, True, job.name)
    assert "gamma" not in then.fields["properties"]["parameters"]["properties"]
    train.unlink()
    gone = form()
    assert (gone.code.model_dump(), gone.rerun_of) == ({"snapshot": True, "files": False, "changed": None}, job.name)
    with pytest.raises(ConflictError, match="does not exist any more"):
        form(snapshot=False)


def test_the_form_of_a_script_and_of_a_yaml_file(quiet, root, tmp_path_factory):
    (root / "src").mkdir()
    (root / "src" / "train model.py").write_text("")
    (root / "data.csv").write_text("")
    form = quiet.forms.get(FormQuery(path="src/train model.py"), root)
    expected = {
        "type": "command",
        "command": "python 'train model.py'",
        "code": "src",
        "experiment_name": "src",
        "compute": "local",
    }
    assert (form.data, form.code) == (expected, None)
    assert quiet.jobs.submit(form.data, root=root).spec.code == str(root / "src")

    text = (
        "command: cat ${{inputs.data}}\ncode: src\ninputs: {data: {type: uri_file, path: data.csv}}\nsecrets: [TOKEN]\n"
    )
    (root / "job.yml").write_text(text)
    form = quiet.forms.get(FormQuery(path="job.yml"), root)
    assert form.data["inputs"]["data"]["path"] == "data.csv"
    assert form.data["secrets"] == {"TOKEN": ""}
    data = {**form.data, "secrets": list(form.data["secrets"])}
    job = quiet.jobs.submit(data, root=root, secrets={"TOKEN": "geheimnis"})
    assert job.spec.inputs["data"].path == str(root / "data.csv")

    (root / "job.yml").write_text(f"command: ls\ncode: {tmp_path_factory.mktemp('elsewhere')}\n")
    with pytest.raises(InvalidInputError, match=r"code: .* is outside of the root directory"):
        quiet.forms.get(FormQuery(path="job.yml"), root)
    (root / "job.yml").write_text("comand: ls\n")
    with pytest.raises(InvalidInputError, match=r"job.yml:1: comand: unknown key \(did you mean 'command'"):
        quiet.forms.get(FormQuery(path="job.yml"), root)
    with pytest.raises(InvalidInputError, match="jupyter ml job create -f"):
        quiet.jobs.submit_file(root / "job.yml")
    (root / "job.txt").write_text("")
    with pytest.raises(InvalidInputError, match="expected a notebook"):
        quiet.forms.get(FormQuery(path="job.txt"), root)
