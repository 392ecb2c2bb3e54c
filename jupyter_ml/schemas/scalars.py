# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Scalars as YAML 1.2 reads them (its core schema), and the type of text that a user typed."""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite

__all__ = ["Scalar", "guess_scalar", "parse_scalar"]

Scalar = bool | int | float | str | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"(?P<ten>[-+]?[0-9]+)|0o(?P<eight>[0-7]+)|0x(?P<sixteen>[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_NUMBER = 1_000
"""Python refuses to read integers of more than 4,300 digits, and no value is that long."""


def parse_scalar(text: str) -> Scalar:
    """Return the value of a plain scalar; dates, ``yes`` and ``12:30`` are text in YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if match := _INTEGER.fullmatch(text):
        base = {"ten": 10, "eight": 8, "sixteen": 16}[str(match.lastgroup)]
        return int(match[match.lastindex or 0], base)
    if _FLOAT.fullmatch(text):
        return value if isfinite(value := float(text)) else text
    return float(text.replace(".", "", 1)) if _SPECIAL.fullmatch(text) else text


def guess_scalar(text: str) -> Scalar:
    """Return the value that typed text stands for, the text itself unless the value is written exactly like that.

    So ``5``, ``0.5``, ``1e-3``, ``true`` and ``null`` have a type, and nothing is lost of ``01234``, ``1.10``, ``+5``,
    ``0x10``, ``1e5`` (perhaps a hash) and ``~``.
    """
    value = parse_scalar(text)
    return value if isinstance(value, str) or text in _spellings(value) else text


def _spellings(value: bool | float | None) -> set[str]:
    if value is None:
        return {"null"}
    if isinstance(value, bool):
        return {str(value), str(value).lower()}
    if isinstance(value, int):
        return {str(value)}
    if not isfinite(value):
        return {str(value).replace("nan", ".nan").replace("inf", ".inf")}
    return {repr(value), format(Decimal(repr(value)).normalize(), "e")}
