# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Derive types and choices from the annotations and defaults in a notebook's source, without running it."""

from __future__ import annotations

import ast
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.schemas.parameters import encode, type_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

__all__ = ["UnknownError", "read_annotation", "value_of"]

_TYPES = {
    **{name: name for name in ("int", "float", "bool", "str", "list", "dict", "tuple", "date", "datetime")},
    "None": "none",
    "Path": "path",
    "PurePath": "path",
    "List": "list",
    "Dict": "dict",
    "Tuple": "tuple",
    "Sequence": "list",
    "Mapping": "dict",
}
_CALLS: dict[str, Any] = {"date": date, "datetime": datetime, "Path": PurePath, "PurePath": PurePath}


class UnknownError(Exception):
    """The value cannot be derived from the source alone."""


class _Choice(NamedTuple):
    value: Any


def read_annotation(node: ast.expr) -> tuple[list[str], list[JsonValue]]:
    """Return the names of the types and the choices that an annotation allows; both empty if it allows any value."""
    try:
        allowed = list(_allowed(node))
    except UnknownError:
        return [], []
    types = [type_name(item.value) if isinstance(item, _Choice) else item for item in allowed]
    # None in addition to choices is another choice; any other type in addition allows all values of that type
    closed = all(isinstance(item, _Choice) or item == "none" for item in allowed) and set(types) != {"none"}
    choices = [encode(item.value) if isinstance(item, _Choice) else None for item in allowed] if closed else []
    return list(dict.fromkeys(types)), choices


def _allowed(node: ast.expr) -> Iterator[str | _Choice]:
    """Yield the names of types and the single values that an annotation allows."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            yield from _allowed(ast.parse(node.value, mode="eval").body)
        except SyntaxError:
            raise UnknownError from None
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _allowed(node.left)
        yield from _allowed(node.right)
    elif isinstance(node, ast.Subscript):
        yield from _allowed_by(_name(node.value), node)
    elif isinstance(node, ast.Constant) and node.value is None:
        yield "none"
    elif _name(node) in _TYPES:
        yield _TYPES[_name(node)]
    else:
        raise UnknownError


def _allowed_by(name: str, node: ast.Subscript) -> Iterator[str | _Choice]:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        yield from (_Choice(value_of(part)) for part in parts)
    elif name in ("Optional", "Union"):
        for part in parts:
            yield from _allowed(part)
        if name == "Optional":
            yield "none"
    elif name in ("Annotated", "Final"):
        yield from _allowed(parts[0])
    else:  # list[int] is a list
        yield from _allowed(node.value)


def value_of(node: ast.expr) -> Any:
    """Return the value of a literal, or of a date or path with literal arguments; UnknownError for anything else."""
    try:
        return _value(node)
    except (ValueError, TypeError, SyntaxError, RecursionError) as error:
        raise UnknownError from error


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and _name(node.func) in _CALLS and not node.keywords:
        return _CALLS[_name(node.func)](*map(_value, node.args))
    if isinstance(node, ast.List):
        return [_value(item) for item in node.elts]
    if isinstance(node, ast.Tuple):
        return tuple(map(_value, node.elts))
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {ast.literal_eval(key or ""): _value(value) for key, value in pairs}
    return ast.literal_eval(node)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
