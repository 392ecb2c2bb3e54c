# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Describe the fields of a job as a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.form_fields import JSON_TEXT, is_optional_boolean, readable_fields, with_choices
from jupyter_ml.schemas.forms import Form
from jupyter_ml.schemas.job_spec import JobSpec
from jupyter_ml.schemas.specs import JOB_SPECS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_ml.schemas.forms import Kernel

__all__ = ["job_form"]

URI_TYPE = {
    "type": "string",
    "oneOf": [{"const": "uri_folder", "title": "Folder"}, {"const": "uri_file", "title": "File"}],
}
DATA_TYPE = {
    "type": "string",
    "oneOf": [
        *URI_TYPE["oneOf"],
        {"const": "mltable", "title": "Table (MLTable)"},
        {"const": "mlflow_model", "title": "MLflow model"},
        {"const": "custom_model", "title": "Other model"},
    ],
}
"""Schema of the types of data and models."""
PUTS = {"inputs", "outputs", "environment"}
"""Fields that are only advanced where a job has none."""
DATA_REFERENCE, DATASTORE_PATH = "data-reference", "datastore-path"
"""Formats of text for which a form offers data assets and paths in datastores."""
ENVIRONMENT = {
    **JSON_TEXT,
    "description": 'An environment such as sklearn or sklearn:3, current, or its content, e.g. {"requirements": '
    '["pandas"]}. By default the packages of this server.',
}
"""Schema of the environment, whose content is JSON."""
SECRETS = {"type": "object", "additionalProperties": {"type": "string", "format": "password"}}
"""Schema of secrets, which have values in a form."""


def job_form(
    data: dict[str, Any],
    special: Mapping[str, Any] | None = None,
    kernels: Sequence[Kernel] = (),
    *,
    rerun_of: str | None = None,
) -> Form:
    """Return the form of a job.

    Parameters
    ----------
    data
        What the form shows at first; its ``type`` decides which fields there are.
    special
        Schemas of fields that depend on the job.
    kernels
        Kernels that can run it.
    rerun_of
        The job whose snapshot runs again.
    """
    model = JOB_SPECS[data["type"]]
    data = data | {"outputs": outputs} if (outputs := _outputs(data)) else data
    special = {
        "secrets": SECRETS,
        "inputs": _inputs(data.get("inputs", {})),
        "outputs": _outputs_schema(data),
        "environment": ENVIRONMENT,
        **(special or {}),
    }
    known = {name: field for name, field in readable_fields(model).items() if "title" in field}
    if rerun_of is not None:
        del known["code"]
    advanced = [name for name in known if known[name].pop("x-advanced", False) and name not in data.keys() & PUTS]
    widgets = {name: {"ui:widget": widget} for name in known if (widget := _widget(known[name]))}
    if isinstance(data.get("environment"), dict):
        widgets["environment"] = {"ui:widget": "textarea"}
    own = sorted(known, key=lambda name: (name in advanced, name in JobSpec.model_fields))
    properties = {name: _property(known[name], special.get(name)) for name in own}
    required = [name for name in properties if model.model_fields[name].is_required()]
    schema = {"type": "object", "properties": properties, "required": required}
    ui = {"ui:order": [*properties, "*"], "advanced": advanced, **widgets}
    return Form(fields=schema, ui=ui, data=data, kernels=list(kernels), rerun_of=rerun_of)


def _inputs(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of inputs, with a property for each one that is given; added ones are values or JSON."""
    properties = {name: _input(name, value) for name, value in given.items()}
    added = {**JSON_TEXT, "format": DATA_REFERENCE}
    help_text = (
        'Values, files and directories. An added one is a value, or e.g. {"type": "uri_folder", "path": "data"}.'
    )
    return {"type": "object", "description": help_text, "properties": properties, "additionalProperties": added}


def _input(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"title": name, **JSON_TEXT}
    path = {"title": "Path", "type": "string", "minLength": 1, "format": DATA_REFERENCE}
    known = {"type": {"title": "Type", **DATA_TYPE}, "path": path}
    properties = known | {
        key: {"title": key.replace("_", " ").capitalize(), "type": "string"} for key in value if key not in known
    }
    return {"title": name, "type": "object", "properties": properties, "required": ["path"]}


def _outputs(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of a job, in their short form if they have only a type."""
    return {
        name: value.get("type", "uri_folder") if value.keys() <= {"type"} else value
        for name, value in data.get("outputs", {}).items()
    }


def _outputs_schema(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of outputs: types, and objects for those that are registered or written to a datastore."""
    texts = {key: {"title": key.capitalize(), "type": "string"} for key in ("name", "version", "path", "mode")}
    texts["path"] |= {"format": DATASTORE_PATH}
    properties = {
        name: {"title": name, "type": "object", "properties": {"type": {"title": "Type", **DATA_TYPE}, **texts}}
        for name, value in data.get("outputs", {}).items()
        if isinstance(value, dict)
    }
    more = {**DATA_TYPE, "default": "uri_folder"}
    help_text = "Files and directories that it writes."
    return {"type": "object", "description": help_text, "properties": properties, "additionalProperties": more}


def _widget(field: dict[str, Any]) -> str | None:
    """Return the widget of a field, if that is not the usual one of its type."""
    return "select" if is_optional_boolean(field) else field.pop("x-widget", None)


def _property(field: dict[str, Any], special: Mapping[str, Any] | None) -> dict[str, Any]:
    if special is not None:
        return {**special, "title": field["title"]}
    return with_choices(field)
