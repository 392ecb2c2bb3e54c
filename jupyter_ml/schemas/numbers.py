# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Refuse Booleans where a schema has a number: pydantic takes True for 1, as in ``timeout: yes``."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import no_info_before_validator_function

__all__ = ["refuse_booleans"]

_DATA = {"default", "expected", "metadata", "serialization"}
"""Keys of a schema of pydantic's that contain no schemas to validate by."""


def _no_whole_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    return value


def _no_number(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticKnownError("float_type")
    return value


_CHECKS = {"int": _no_whole_number, "float": _no_number}


def refuse_booleans(schema: Any) -> None:
    """Check for Booleans at each number in a schema of pydantic's, unless both are allowed there."""
    if isinstance(schema, list | tuple):
        for each in schema:
            refuse_booleans(each)
    if not isinstance(schema, dict):
        return
    kind = schema["type"] if isinstance(schema.get("type"), str) else None  # else it is a field of that name
    if kind in _CHECKS:
        number = schema.copy()
        schema.clear()
        schema.update(no_info_before_validator_function(_CHECKS[kind], number))
    elif not (_is_checked(schema) or _allows_booleans(schema)):
        for key, each in schema.items():
            if kind is None or key not in _DATA:
                refuse_booleans(each)


def _is_checked(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "function-before" and schema["function"]["function"] in _CHECKS.values()


def _allows_booleans(schema: dict[str, Any]) -> bool:
    if schema.get("type") == "tagged-union":
        return any(choice.get("type") == "bool" for choice in schema["choices"].values())
    choices = schema["choices"] if schema.get("type") == "union" else ()
    return any((choice[0] if isinstance(choice, tuple) else choice).get("type") == "bool" for choice in choices)
