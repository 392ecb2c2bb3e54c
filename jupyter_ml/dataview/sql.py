# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write values and names as SQL of DuckDB."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["arguments", "identifier", "literal", "without_sql"]

_QUOTED = re.compile(r"^(Original Line: .{100}).+$", re.MULTILINE)
"""A line of a file that a message quotes, which may be long."""


def identifier(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    """Return a value as SQL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(literal, value)) + "]" if isinstance(value, list) else str(value)


def arguments(values: dict[str, Any]) -> str:
    """Return named arguments of a function."""
    return ", ".join(f"{name}={literal(value)}" for name, value in values.items())


def without_sql(error: Exception) -> str:
    """Return DuckDB's message without its advice and without the SQL."""
    text = str(error).split("\n\nLINE ", 1)[0].split("\nPossible ", 1)[0]
    text = _QUOTED.sub(r"\1…", text)
    return " ".join(text.split())[:500]
