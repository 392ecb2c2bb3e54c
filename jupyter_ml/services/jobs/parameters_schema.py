# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Describe the parameters of a notebook as JSON Schema."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.form_fields import JSON_TEXT
from jupyter_ml.schemas.parameters import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ml.schemas.parameters import Parameter

__all__ = ["parameters_schema"]

SCHEMAS: dict[str, dict[str, Any]] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "str": {"type": "string"},
    "path": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string"},  # JSON Schema's date-time requires a time zone, Python's does not
}
NUMBERS = {"int", "float"}


def parameters_schema(declared: Sequence[Parameter] | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the JSON Schema of a notebook's parameters, and hints for rendering them.

    None means that the parameters are unknown: then any name and value is accepted.
    """
    if declared is None:
        return {"type": "object", "additionalProperties": JSON_TEXT}, {}
    properties = {parameter.name: _parameter_schema(parameter) for parameter in declared}
    hints = {parameter.name: _hint(parameter, properties[parameter.name]) for parameter in declared}
    return {"type": "object", "properties": properties, "additionalProperties": False}, hints


def _parameter_schema(parameter: Parameter) -> dict[str, Any]:
    """Return the JSON Schema of one parameter, with its help and its default."""
    schema: dict[str, Any] = {"title": parameter.name} | ({"description": parameter.help} if parameter.help else {})
    if parameter.choices:
        schema["enum"] = parameter.choices
    else:
        schema |= _type(parameter)
    if (default := _default(parameter, schema)) is not None:
        schema["default"] = default
    return schema


def _type(parameter: Parameter) -> dict[str, Any]:
    kinds = set(parameter.types) - {"none"}
    if kinds == NUMBERS:
        return SCHEMAS["float"]
    kind = kinds.pop() if len(kinds) == 1 else ""
    if kind in ("list", "tuple"):
        return _array(decode(parameter.default))
    return SCHEMAS.get(kind, JSON_TEXT)


def _array(default: Any) -> dict[str, Any]:
    """Return the schema of a list, with the type of the items of its default."""
    for kind in (bool, int, float, str):
        if default and all(type(item) is kind for item in default):
            return {"type": "array", "items": SCHEMAS[kind.__name__]}
    return JSON_TEXT


def _default(parameter: Parameter, schema: dict[str, Any]) -> Any:
    value = parameter.default
    if isinstance(value, dict) and value.keys() == {"$type", "value"}:
        value = value["value"]
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if schema.get("contentMediaType") and not isinstance(value, str):
        return json.dumps(value)
    return value


def _hint(parameter: Parameter, schema: dict[str, Any]) -> dict[str, Any]:
    hint: dict[str, Any] = {}
    if "default" not in schema and parameter.default_source:
        hint["ui:placeholder"] = parameter.default_source
    if "\n" in str(schema.get("default", "")):
        hint["ui:widget"] = "textarea"
    return hint
