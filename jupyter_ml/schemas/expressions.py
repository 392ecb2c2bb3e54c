# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Azure ML's expressions: ``${{inputs.x}}`` and ``${{outputs.y}}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["PATTERN", "Expression", "find", "parse", "substitute"]

PATTERN = re.compile(r"\$\{\{\s*(?P<body>[^{}]*?)\s*\}\}")
_BODY = re.compile(r"(?P<source>inputs|outputs)\.(?P<name>[A-Za-z_][A-Za-z0-9_]*)")


class Expression(NamedTuple):
    """A reference to an input or an output."""

    source: str
    """``inputs`` or ``outputs``."""
    name: str


def parse(match: re.Match[str]) -> Expression:
    """Return the reference of a match of `PATTERN`; InvalidInputError where it is not a reference."""
    body = _BODY.fullmatch(match["body"])
    if body is None:
        raise InvalidInputError(f"{match[0]} is not an expression: write ${{{{inputs.NAME}}}} or ${{{{outputs.NAME}}}}")
    return Expression(body["source"], body["name"])


def find(text: str) -> Iterator[Expression]:
    """Yield the expressions of `text` in order; InvalidInputError where one cannot be read."""
    return (parse(match) for match in PATTERN.finditer(text))


def substitute(text: str, resolve: Callable[[Expression], str]) -> str:
    """Return `text` with every expression replaced by what `resolve` returns."""
    return PATTERN.sub(lambda match: resolve(parse(match)), text)
