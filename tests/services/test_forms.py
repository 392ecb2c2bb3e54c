"""A form knows the notebook: its parameters with types, defaults and help, its kernel, its folder."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.executor.parameters import read_parameters
from jupyter_ml.schemas.forms import FormQuery
from jupyter_ml.services.questions import questions
from tests.workspaces import notebook, write_notebook


def ask(source: str):
    asked, hints = questions(read_parameters(notebook(parameters=source)))
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
def test_a_parameter_becomes_a_question(source, expected):
    properties, _ = ask(source)
    assert properties["x"] == {"title": "x", **expected}


def test_what_cannot_be_told_is_hinted_at():
    properties, hints = ask("x = compute()\ntext = 'a\\nb'")
    assert "default" not in properties["x"]
    assert hints == {"x": {"ui:placeholder": "compute()"}, "text": {"ui:widget": "textarea"}}


def test_a_notebook_in_another_language_takes_anything():
    asked, _ = questions(None)
    assert asked["additionalProperties"]


def test_the_form_of_a_notebook(shared):
    root = shared.layout.folder.parent
    write_notebook(root / "models" / "train.ipynb", parameters="alpha = 0.5")
    form = shared.forms.get(FormQuery(path="/models/train.ipynb"), root)
    properties = form.fields["properties"]
    assert next(iter(properties)) == "parameters"
    assert properties["parameters"]["properties"]["alpha"]["default"] == 0.5
    assert "local" in properties["compute"]["enum"]
    assert {"const": "python3", "title": "Python 3 (ipykernel)"} in properties["kernel_name"]["oneOf"]
    assert form.data == {
        "type": "notebook",
        "notebook": "models/train.ipynb",
        "code": "models",
        "experiment_name": "models",
        "kernel_name": "python3",
    }
    assert set(form.ui["advanced"]) <= set(properties)


def test_the_form_of_a_job_shows_what_it_was_given_and_can_be_submitted_again(shared):
    root = shared.layout.folder.parent
    write_notebook(root / "models" / "train.ipynb", "print(alpha)", parameters="alpha = 0.5")
    given = {"type": "notebook", "notebook": "models/train.ipynb", "code": "models", "parameters": {"alpha": 2.0}}
    job = shared.jobs.submit({**given, "tags": {"a": "b"}}, root=root)
    form = shared.forms.get(FormQuery(job=job.name), root)
    assert form.data == {**given, "tags": {"a": "b"}, "experiment_name": "models", "secrets": {}}
    again = shared.jobs.submit({**form.data, "secrets": list(form.data["secrets"])}, root=root)
    assert (again.parameters, again.snapshot) == (job.parameters, job.snapshot)
    for each in (job, again):
        shared.jobs.wait(each.name)


def test_the_form_of_a_command_shows_the_command(shared):
    root = shared.layout.folder.parent
    job = shared.jobs.submit({"type": "command", "command": "echo ${{inputs.x}}", "inputs": {"x": 1}}, root=root)
    form = shared.forms.get(FormQuery(job=job.name), root)
    assert (form.data["command"], form.data["inputs"]) == ("echo ${{inputs.x}}", {"x": 1})
    assert form.fields["required"] == ["command"]
    assert "parameters" not in form.fields["properties"]
    shared.jobs.wait(job.name)


def test_a_form_for_nothing_is_refused(shared):
    with pytest.raises(InvalidInputError, match="outside"):
        shared.forms.get(FormQuery(path="../x.ipynb"), shared.layout.folder.parent)
