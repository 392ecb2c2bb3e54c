# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A form contains the notebook's parameters with types, defaults and help, its kernel and its directory."""

from __future__ import annotations

import json
import shutil

import pytest

from jupyter_ml.environments.pythons import own_version
from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.notebooks.parameters import read_parameters
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.forms import FormQuery
from jupyter_ml.schemas.git import GitState
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.runs import Run
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.jobs.job_environment import environment_of
from jupyter_ml.services.jobs.parameters_schema import parameters_schema
from jupyter_ml.services.jobs.submission import record_of
from tests.workspaces import notebook, write_notebook


def ask(source: str):
    asked, hints = parameters_schema(read_parameters(notebook(parameters=source)))
    return asked["properties"], hints


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 5", {"type": "integer", "default": 5}),
        ("x = 0.5  # how much", {"type": "number", "default": 0.5, "description": "how much"}),
        ("x: float = 1", {"type": "number", "default": 1}),
        ("x = True", {"type": "boolean", "default": True}),
        ("x = 'a'", {"type": "string", "default": "a"}),
        ("x: int | None = None", {"type": "integer"}),
        ("x: int | float = 1", {"type": "number", "default": 1}),
        ("from typing import Literal\nx: Literal['a', 'b'] = 'a'", {"enum": ["a", "b"], "default": "a"}),
        ("x = [1, 2]", {"type": "array", "items": {"type": "integer"}, "default": [1, 2]}),
        ("x = ('a', 'b')", {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]}),
        (
            "import datetime\nx = datetime.date(2026, 1, 2)",
            {"type": "string", "format": "date", "default": "2026-01-02"},
        ),
        ("x = {'a': 1}", {"type": "string", "contentMediaType": "application/json", "default": '{"a": 1}'}),
        ("x = [1, 'a']", {"type": "string", "contentMediaType": "application/json", "default": '[1, "a"]'}),
        ("x = []", {"type": "string", "contentMediaType": "application/json", "default": "[]"}),
        ("x = float('nan')", {"type": "string", "contentMediaType": "application/json"}),
    ],
)
def test_the_schema_of_a_parameter(source, expected):
    properties, _ = ask(source)
    assert properties["x"] == {"title": "x", **expected}


def test_a_default_that_is_not_a_literal_is_a_hint():
    properties, hints = ask("x = compute()\ntext = 'a\\nb'")
    assert "default" not in properties["x"]
    assert hints == {"x": {"ui:placeholder": "compute()"}, "text": {"ui:widget": "textarea"}}


def test_a_notebook_in_another_language_accepts_any_parameter():
    asked, _ = parameters_schema(None)
    assert asked["additionalProperties"]


def test_the_form_of_a_notebook(shared):
    root = shared.folder.parent
    write_notebook(root / "models" / "train.ipynb", parameters="alpha = 0.5")
    form = shared.forms.get(FormQuery(path="/models/train.ipynb"), root)
    properties = form.fields["properties"]
    assert next(iter(properties)) == "parameters"
    assert properties["parameters"]["properties"]["alpha"]["default"] == 0.5
    assert {"const": "local", "title": "local"} in properties["compute"]["oneOf"]
    assert [each["title"] for each in properties["limits"]["properties"].values()] == ["The whole job", "Each cell"]
    assert {"const": "python3", "title": "Python 3 (ipykernel)"} in properties["kernel_name"]["oneOf"]
    assert {"const": True, "title": "Yes"} in properties["keep_files"]["oneOf"]
    assert form.data == {
        "type": "notebook",
        "notebook": "models/train.ipynb",
        "code": "models",
        "experiment_name": "models",
        "kernel_name": "python3",
        "compute": "local",
    }
    assert set(form.ui["advanced"]) <= set(properties)


def test_a_form_lists_the_cells_that_run_in_a_job(shared):
    root = shared.folder.parent
    imports = "%matplotlib inline\nimport os\nfrom re import (\n    sub,\n)"
    cells = (imports, "  \n", "\nimport os; x = 1\nprint(x)", "skipped")
    write_notebook(root / "models" / "cells.ipynb", *cells, parameters="alpha = 0.5", tags={4: ["skip-in-job"]})
    form = shared.forms.get(FormQuery(path="/models/cells.ipynb"), root)
    assert [cell.model_dump() for cell in form.cells] == [
        {"id": "cell-0", "source": "alpha = 0.5", "parameters": True, "imports": False},
        {"id": "cell-1", "source": "%matplotlib inline", "parameters": False, "imports": True},
        {"id": "cell-3", "source": "import os; x = 1", "parameters": False, "imports": False},
    ]


def test_a_form_lists_cells_without_ids_and_in_other_languages(shared):
    root = shared.folder.parent
    old = notebook("import os")
    del old["cells"][0]["id"]
    old["metadata"]["kernelspec"]["language"] = "R"
    (root / "old.ipynb").write_text(json.dumps({**old, "nbformat_minor": 4}))
    (cell,) = shared.forms.get(FormQuery(path="/old.ipynb"), root).cells
    assert (cell.id, cell.imports) == (None, False)


def test_a_yaml_file_that_is_not_a_job_is_refused_in_a_sentence(shared):
    root = shared.folder.parent
    (root / "compose.yml").write_text("services:\n  web:\n    image: x\n")
    with pytest.raises(
        InvalidInputError, match=r"^compose\.yml is not a job file: it has no key 'notebook' or 'command'"
    ):
        shared.forms.get(FormQuery(path="/compose.yml"), root)
    (root / "typo.yml").write_text("notebok: train.ipynb\n")
    with pytest.raises(InvalidInputError, match=r"typo\.yml:1: notebok: unknown key \(did you mean 'notebook'\?\)"):
        shared.forms.get(FormQuery(path="/typo.yml"), root)


def test_the_form_of_a_job_shows_its_values_and_can_be_submitted_again(shared):
    root = shared.folder.parent
    write_notebook(root / "models" / "train.ipynb", "print(alpha)", parameters="alpha = 0.5")
    given = {"type": "notebook", "notebook": "models/train.ipynb", "code": "models", "parameters": {"alpha": 2.0}}
    job = shared.jobs.submit({**given, "tags": {"a": "b"}}, root=root)
    form = shared.forms.get(FormQuery(job=job.name), root)
    shown = {"tags": {"a": "b"}, "experiment_name": "models", "kernel_name": "python3"}
    assert form.data == {**given, **shown, "secrets": {}, "compute": "local"}
    again = shared.jobs.submit({**form.data, "secrets": list(form.data["secrets"])}, root=root)
    assert (form.rerun_of, again.parameters, again.snapshot) == (None, job.parameters, job.snapshot)
    for each in (job, again):
        shared.jobs.wait(each.name)


def test_inputs_and_outputs_are_in_the_form_and_survive_it(shared):
    root = shared.folder.parent
    (root / "data.csv").write_text("a\n")
    command = "cat ${{inputs.data}} > ${{outputs.copy}}; echo ${{inputs.rate}}"
    inputs = {"data": {"type": "uri_file", "path": "data.csv", "on_change": "fail"}, "rate": 0.5}
    given = {"type": "command", "command": command, "inputs": inputs, "outputs": {"copy": "uri_file", "rest": None}}
    job = shared.jobs.submit(given, root=root)
    form = shared.forms.get(FormQuery(job=job.name), root)
    assert (form.data["inputs"], form.data["outputs"]) == (inputs, {"copy": "uri_file", "rest": "uri_folder"})
    properties = form.fields["properties"]
    data = properties["inputs"]["properties"]["data"]
    assert data["required"] == ["path"]
    assert [each["title"] for each in data["properties"].values()] == ["Type", "Path", "On change"]
    assert properties["inputs"]["properties"]["rate"]["contentMediaType"] == "application/json"
    assert not {"inputs", "outputs"} & set(form.ui["advanced"]), "a job that has them shows them"
    assert "`" not in str(properties), "help is plain text"
    again = resubmit(shared, form, root)
    assert (again.spec.inputs, again.spec.outputs) == (job.spec.inputs, job.spec.outputs)
    for each in (job, again):
        assert shared.jobs.wait(each.name).state == "Completed"


def test_the_environment_is_in_the_form_and_survives_it(opened, monkeypatch):
    monkeypatch.setattr("jupyter_ml.services.jobs.types.base.git_state", lambda _: None)
    root = opened.folder.parent
    opened.environments.create({"name": "mine", "requirements": ["six==1.16.0"]})
    for given, shown in [
        (None, None),
        ("mine", "azureml:mine:1"),
        (
            {"conda_file": {"dependencies": ["python=3.11", {"pip": ["six==1.16.0"]}]}, "variables": {"A": "1"}},
            {"requirements": ["six==1.16.0"], "python": "3.11", "variables": {"A": "1"}},
        ),
        (
            {"requirements": ["--pre", "-i https://example.org", "Six"], "exclude_newer": "2026-01-31"},
            {
                "requirements": ["--prerelease=allow", "--index-url=https://example.org", "six"],
                "python": own_version(),
                "exclude_newer": "2026-02-01T00:00:00Z",
            },
        ),
    ]:
        job = opened.jobs.submit({"type": "command", "command": "true", "environment": given})
        form = opened.forms.get(FormQuery(job=job.name), root)
        assert form.data.get("environment") == shown
        assert ("environment" in form.ui["advanced"]) == (given is None)
        again = resubmit(opened, form, root)
        assert environment_of(opened._context, again.spec) == environment_of(opened._context, job.spec)
    field = form.fields["properties"]["environment"]
    assert (field["title"], field["examples"][:2]) == ("Environment", ["mine", "current"])
    assert "sklearn-1.5" in field["examples"]


def test_the_form_of_a_job_file_shows_the_paths_of_its_environment(opened):
    root = opened.folder.parent
    (root / "env.yml").write_text("dependencies: [python=3.11]\n")
    (root / "job.yml").write_text("command: 'true'\nenvironment:\n  conda_file: env.yml\n")
    form = opened.forms.get(FormQuery(path="job.yml"), root)
    assert form.data["environment"] == {"conda_file": "env.yml"}
    assert form.ui["environment"] == {"ui:widget": "textarea"}


def resubmit(workspace, form, root, **changes):
    """Submit the data of a form, as a browser does."""
    data = {**form.data, "secrets": list(form.data["secrets"]), **changes}
    return workspace.jobs.submit(data, root=root, rerun_of=form.rerun_of)


@pytest.mark.parametrize("code", [True, False])
def test_a_cell_is_run_again_from_its_snapshot(shared, tmp_path, monkeypatch, code):
    root = shared.folder.parent
    monkeypatch.chdir(tmp_path)
    job = shared.jobs.submit_cell("print(x, 'times')", {"x": "2"}, code=code, tags={"a": "b"})
    form = shared.forms.get(FormQuery(job=job.name), root)
    assert (form.rerun_of, form.data["parameters"], form.data["tags"]) == (job.name, {"x": 2}, {"a": "b"})
    assert "code" not in form.data.keys() | form.fields["properties"].keys() | set(form.ui["advanced"])
    again = resubmit(shared, form, root, parameters={"x": 3})
    assert (again.snapshot, again.parameters, again.experiment_name) == (job.snapshot, {"x": 3}, job.experiment_name)
    assert shared.jobs.wait(again.name).state == "Completed"
    assert "3 times" in shared.jobs.folder(again.name).std_log.read_text()
    assert shared.forms.get(FormQuery(job=again.name), root).rerun_of == again.name
    shared.jobs.wait(job.name)


def test_a_deleted_notebook_is_run_again_from_its_snapshot(shared):
    root = shared.folder.parent
    write_notebook(root / "gone" / "deep" / "train.ipynb", "from deep import helper\nprint(helper.x)")
    (root / "gone" / "deep" / "helper.py").write_text("x = 'kept'")
    given = {"type": "notebook", "notebook": "gone/deep/train.ipynb", "code": "gone"}
    job = shared.jobs.submit(given, root=root)
    state = GitState(commit="abc", branch="main", remote=None, dirty=False).model_dump_json()
    shared._context.layout.git_state(job.name).write_text(state)
    shutil.rmtree(root / "gone")
    form = shared.forms.get(FormQuery(job=job.name), root)
    assert (form.rerun_of, form.data["notebook"]) == (job.name, "train.ipynb")
    again = resubmit(shared, form, root)
    assert (again.spec.notebook, again.spec.code) == (job.spec.notebook, job.spec.code)
    assert shared._context.layout.git_state(again.name).read_text() == state
    assert shared.jobs.wait(again.name).state == "Completed"
    shared.jobs.wait(job.name)


def test_a_command_with_deleted_code_is_run_again(shared):
    root = shared.folder.parent
    (root / "scripts").mkdir()
    (root / "scripts" / "train.py").write_text("print(1)")
    job = shared.jobs.submit({"type": "command", "command": "python train.py", "code": "scripts"}, root=root)
    shutil.rmtree(root / "scripts")
    form = shared.forms.get(FormQuery(job=job.name), root)
    assert "code" not in form.data
    again = resubmit(shared, form, root)
    assert (form.rerun_of, again.snapshot) == (job.name, job.snapshot)
    assert shared.jobs.wait(again.name).state == "Completed"
    shared.jobs.wait(job.name)


def test_a_job_without_snapshot_is_not_run_again(shared, tmp_path):
    root = shared.folder.parent
    command = shared.jobs.submit({"type": "command", "command": "true"})
    notebook = {"type": "notebook", "notebook": "x.ipynb"}
    with pytest.raises(InvalidInputError, match=f"{command.name} is a command job"):
        shared.jobs.submit(notebook, root=root, rerun_of=command.name)
    with pytest.raises(NotFoundError, match="nobody"):
        shared.jobs.submit(notebook, root=root, rerun_of="nobody")
    [run] = [Run(run_id="f" * 32, name="by_hand", experiment_name="x", state="Completed", started_at=now())]
    shared._context.store.jobs.import_runs([run])
    with pytest.raises(ConflictError, match="logged directly"):
        shared.jobs.submit(notebook, root=root, rerun_of="by_hand")
    with pytest.raises(ConflictError, match="logged directly"):
        shared.forms.get(FormQuery(job="by_hand"), root)
    path = write_notebook(tmp_path / "a.ipynb", "1")
    spec = NotebookJob(notebook=str(path))
    papermill = record_of(spec, {}, "x", None).model_copy(
        update={"runner": Runner.PAPERMILL, "state": JobState.COMPLETED}
    )
    shared._context.store.jobs.insert(papermill, host=None)
    with pytest.raises(ConflictError, match="papermill"):
        shared.forms.get(FormQuery(job=papermill.name), root)
    with pytest.raises(ConflictError, match="papermill"):
        shared.jobs.submit(notebook, root=root, rerun_of=papermill.name)
    shared.jobs.wait(command.name)


def test_the_form_of_a_command_shows_the_command(shared):
    root = shared.folder.parent
    job = shared.jobs.submit({"type": "command", "command": "echo ${{inputs.x}}", "inputs": {"x": 1}}, root=root)
    form = shared.forms.get(FormQuery(job=job.name), root)
    assert (form.data["command"], form.data["inputs"]) == ("echo ${{inputs.x}}", {"x": 1})
    assert form.fields["required"] == ["command"]
    assert "parameters" not in form.fields["properties"]
    shared.jobs.wait(job.name)


def test_a_form_of_nothing_is_refused(shared):
    with pytest.raises(InvalidInputError, match="outside"):
        shared.forms.get(FormQuery(path="../x.ipynb"), shared.folder.parent)
