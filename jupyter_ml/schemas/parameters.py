# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Typed parameters of a notebook: what it declares, what it is given, and how both travel as JSON.

JSON knows no tuple, date or path. They travel as ``{"$type": "tuple", "value": [...]}``; every other value as itself.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.reference_parts import shown
from jupyter_ml.schemas.scalars import parse_scalar
from jupyter_ml.schemas.yaml import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Parameter", "coerce", "decode", "encode", "type_name"]


LONGEST_SHOWN = 200


class Parameter(Schema):
    """A parameter that a notebook's parameters cell declares."""

    name: str
    types: list[str] = []
    """Names among int, float, bool, str, none, list, dict, tuple, date, datetime, path; empty when anything goes."""
    choices: list[JsonValue] = []
    """The only values allowed (``Literal[...]``), empty when there is no such limit."""
    default: JsonValue = None
    """The default as JSON (see `encode`); also None when it is not a literal."""
    default_source: str = ""
    """The default as it is in the cell."""
    help: str = ""
    """The comment after it."""


_CODECS: dict[str, tuple[type, Callable[[Any], Any], Callable[[Any], Any]]] = {
    # datetime is a date: it has to be asked first
    "datetime": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "path": (PurePath, str, PurePath),
    "tuple": (tuple, lambda value: [encode(item) for item in value], lambda value: tuple(map(decode, value))),
}


def encode(value: Any) -> JsonValue:
    """Return `value` as JSON.

    Raises
    ------
    InvalidInputError
        For a value that cannot be a parameter.
    """
    for name, (kind, dump, _) in _CODECS.items():
        if isinstance(value, kind):
            return {"$type": name, "value": dump(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {str(key): encode(item) for key, item in value.items()}
    raise InvalidInputError(
        f"a {type(value).__name__} cannot be a parameter: "
        "use int, float, bool, str, None, list, dict, tuple, date, datetime or path"
    )


def decode(value: JsonValue) -> Any:
    """Return the value that `encode` made `value` from."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        kind = value.get("$type")
        if isinstance(kind, str) and kind in _CODECS and value.keys() == {"$type", "value"}:
            try:
                return _CODECS[kind][2](value["value"])
            except (TypeError, ValueError) as error:
                raise InvalidInputError(f"{shown(value['value'])} is not a {kind}: {error}") from error
        return {key: decode(item) for key, item in value.items()}
    return value


def type_name(value: Any) -> str:
    """Return the name of a value's type, as in `Parameter.types`."""
    for name, (kind, _, _) in _CODECS.items():
        if isinstance(value, kind):
            return name
    return "none" if value is None else type(value).__name__


def _convert(value: Any, wanted: str, *, from_text: bool) -> Any:
    """Return `value` as the type `wanted`; ValueError or TypeError where that would change what it means."""
    have = type_name(value)
    if have == wanted:
        return value
    if wanted == "float" and have == "int":
        try:
            return float(value)
        except OverflowError as error:
            raise ValueError(value) from error
    if wanted == "tuple" and have == "list":
        return tuple(value)
    if wanted == "datetime" and have == "date":
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 -- a notebook's datetime may well be naive
    if have == "str" and wanted in ("date", "datetime", "path"):  # no JSON value means one of these
        return _CODECS[wanted][2](value)
    if have == "str" and from_text:
        return _convert_text(value, wanted)
    raise TypeError(have)


def _convert_text(text: str, wanted: str) -> Any:
    if wanted == "none" and text not in ("None", "null"):
        raise ValueError(text)
    if wanted == "float" and text.lstrip("+-").casefold() in ("inf", "infinity", "nan"):  # as Python writes them
        return float(text)
    value = None if text == "None" else parse_text(text) if text.startswith(("[", "{")) else parse_scalar(text)
    if isinstance(value, str):
        raise ValueError(text)  # noqa: TRY004 -- the caller tries the next type on either
    return _convert(value, wanted, from_text=False)


def coerce(parameter: Parameter, value: Any, *, from_text: bool = False) -> Any:
    """Return `value` as the type that `parameter` declares.

    Parameters
    ----------
    parameter
        The declaration.
    value
        What was given.
    from_text
        Whether it was typed on a command line: then ``5`` is text for a ``str`` parameter and a number for an ``int``.

    Raises
    ------
    InvalidInputError
        Naming the parameter, what was given and what it takes.
    """
    field = f"parameters.{parameter.name}"
    if not parameter.types:
        return parse_text(value) if from_text else value
    # str last: "None" given to `None | str` on a command line means None
    for wanted in sorted(parameter.types, key=lambda name: name == "str"):
        try:
            result = _convert(value, wanted, from_text=from_text)
        except (TypeError, ValueError, OverflowError):
            continue
        if parameter.choices and encode(result) not in parameter.choices:
            break
        return result
    takes = f"one of {', '.join(map(shown, parameter.choices))}" if parameter.choices else " or ".join(parameter.types)
    got = shown(value, LONGEST_SHOWN) if from_text else f"{type_name(value)} {shown(value, LONGEST_SHOWN)}"
    hint = ": write true or false" if from_text and parameter.types == ["bool"] else ""
    raise InvalidInputError(f"parameter {parameter.name!r} takes {takes}, but got {got}{hint}", field=field)
