# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Describe fields of models as forms show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.json_schema import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from pydantic.config import JsonDict

__all__ = ["ADVANCED", "JSON_TEXT", "is_optional_boolean", "readable_fields", "with_choices"]

ADVANCED: JsonDict = {"x-advanced": True}
"""JSON Schema of a field that is rarely needed."""
JSON_TEXT: dict[str, Any] = {"type": "string", "contentMediaType": "application/json"}
"""Schema of types for which forms have no widget."""
YES_OR_NO = {"oneOf": [{"const": True, "title": "Yes"}, {"const": False, "title": "No"}]}
"""Schema of an optional boolean, which a checkbox cannot leave out."""


def readable_fields(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the schema of each field, whose descriptions are plain text without the marks of code."""
    return {name: _readable(field) for name, field in fields(model).items()}


def _readable(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {
        key: value.replace("`", "") if key == "description" and isinstance(value, str) else _readable(value)
        for key, value in part.items()
    }


def is_optional_boolean(field: Mapping[str, Any]) -> bool:
    """Return whether a field is true, false or left out, for which a form has the widget ``select``."""
    return field.get("type") == "boolean" and "default" not in field


def with_choices(field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a field, with the choices of an optional boolean."""
    return field | YES_OR_NO if is_optional_boolean(field) else field
