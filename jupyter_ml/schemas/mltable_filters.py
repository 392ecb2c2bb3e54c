# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The conditions of MLTable files: ``col("age") > 30 and not col("country") == "UK"``.

They are parsed as Python is, and only these parts of Python are accepted; nothing is evaluated.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Both", "ColumnName", "Comparison", "Expression", "Not", "Value", "parse_filter"]

MAX_CHARS = 4_096
MAX_DEPTH = 50
HINT = 'write e.g. col("age") > 30 and not col("country") == "UK"'

_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "<>",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


@dataclass(frozen=True)
class ColumnName:
    """The value of a column."""

    name: str


Value = str | int | float | bool | datetime | None
"""A literal."""


@dataclass(frozen=True)
class Comparison:
    """A comparison of a column with a value, or with another column."""

    left: ColumnName | Value
    operator: str
    right: ColumnName | Value


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    condition: Expression


@dataclass(frozen=True)
class Both:
    """Conditions that are combined by ``and`` or ``or``."""

    word: str
    conditions: tuple[Expression, ...]


Expression = Comparison | Not | Both


def parse_filter(text: str) -> Expression:
    """Return a condition.

    Raises
    ------
    ValueError
        If it is anything but comparisons of columns with literals, ``and``, ``or`` and ``not``.
    """
    if len(text) > MAX_CHARS:
        raise ValueError(f"may have {MAX_CHARS:,} characters at most")
    try:
        parsed = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else type(error).__name__
        raise ValueError(f"{text[:200]!r} is not a condition ({reason}); {HINT}") from None
    return _expression(parsed.body, 0)


def _expression(node: ast.expr, depth: int) -> Expression:
    if depth > MAX_DEPTH:
        raise ValueError(f"has more than {MAX_DEPTH} levels of nesting")
    if isinstance(node, ast.BoolOp):
        word = "AND" if isinstance(node.op, ast.And) else "OR"
        return Both(word, tuple(_expression(each, depth + 1) for each in node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return Not(_expression(node.operand, depth + 1))
    if not isinstance(node, ast.Compare):
        raise _refused(node)
    operands = [_operand(each) for each in (node.left, *node.comparators)]
    if not any(isinstance(each, ColumnName) for each in operands):
        raise ValueError(f"{ast.unparse(node)} has no column; {HINT}")
    pairs = zip(operands, node.ops, operands[1:], strict=False)
    comparisons = tuple(Comparison(left, _operator(node, operator), right) for left, operator, right in pairs)
    return comparisons[0] if len(comparisons) == 1 else Both("AND", comparisons)


def _operator(node: ast.Compare, operator: ast.cmpop) -> str:
    if type(operator) not in _OPERATORS:
        raise _refused(node)
    return _OPERATORS[type(operator)]


def _operand(node: ast.expr) -> ColumnName | Value:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return -value
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float | bool | None):
        if isinstance(node.value, float) and not math.isfinite(node.value):
            raise _refused(node)
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        values = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
        if node.func.id == "col" and len(values) == 1 and isinstance(values[0], str):
            return ColumnName(values[0])
        if node.func.id == "datetime" and all(type(each) is int for each in values):
            return _time(node, values)
    raise _refused(node)


def _time(node: ast.Call, values: list[Any]) -> datetime:
    try:
        return datetime(*values)  # noqa: DTZ001 -- the times in a column have no zone
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{ast.unparse(node)[:200]}: {error}") from None


def _refused(node: ast.expr) -> ValueError:
    return ValueError(f"{ast.unparse(node)[:200]} is not supported in a condition; {HINT}")
