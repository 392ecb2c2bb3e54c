# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""No schema takes True for the number 1."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from pydantic import Field, ValidationError

from jupyter_ml import schemas
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.command_job import CommandJob
from jupyter_ml.services.jobs.specs import read

NUMBERS = {int, float, int | None, float | None}


class Pair(Schema):
    """Numbers inside other types, and places where a Boolean is one of several values."""

    counts: dict[str, list[int]] = Field(default_factory=dict)
    metadata: int = 0
    value: bool | float = False
    inner: Pair | None = None


def models(base=Schema):
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def test_every_number_of_every_schema_refuses_booleans():
    for module in pkgutil.iter_modules(schemas.__path__):
        importlib.import_module(f"jupyter_ml.schemas.{module.name}")
    fields = [
        (model, name) for model in models() for name, field in model.model_fields.items() if field.annotation in NUMBERS
    ]
    assert len(fields) > 100
    for model, name in fields:
        with pytest.raises(ValidationError) as caught:
            model.model_validate({name: True})
        kinds = {error["type"] for error in caught.value.errors() if error["loc"][-1:] == (name,)}
        assert kinds & {"int_type", "float_type"}, (model, name, kinds)


@pytest.mark.parametrize(
    "data", [{"counts": {"a": [1, True]}}, {"metadata": True}, {"inner": {"inner": {"metadata": False}}}]
)
def test_a_boolean_is_refused_at_any_depth(data):
    with pytest.raises(ValidationError, match="valid integer"):
        Pair.model_validate(data)


def test_a_boolean_is_kept_where_it_is_a_value():
    assert Pair(value=True).value is True
    assert Pair(value=1).value == 1
    assert CommandJob(command="true", inputs={"shuffle": True}).inputs == {"shuffle": True}


def test_the_message_names_file_line_and_key(tmp_path):
    path = tmp_path / "job.yml"
    path.write_text("command: 'true'\nlimits:\n  timeout: true\n")
    with pytest.raises(InvalidInputError, match=r"job.yml:3: limits.timeout: must be a number \(got true\)"):
        read(path, {}, {})
