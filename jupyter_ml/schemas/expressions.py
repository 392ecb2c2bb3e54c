"""Azure ML's expressions: ``${{inputs.x}}`` and ``${{outputs.y}}``."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Expression", "find", "substitute", "substitute_in_shell"]

_PATTERN = re.compile(r"\$\{\{\s*(?P<body>[^{}]*?)\s*\}\}")
_BODY = re.compile(r"(?P<source>inputs|outputs)\.(?P<name>[A-Za-z_][A-Za-z0-9_]*)")


class Expression(NamedTuple):
    """A reference to an input or an output."""

    source: str
    """``inputs`` or ``outputs``."""
    name: str


def _parse(match: re.Match[str]) -> Expression:
    body = _BODY.fullmatch(match["body"])
    if body is None:
        raise InvalidInputError(f"{match[0]} is not an expression: write ${{{{inputs.NAME}}}} or ${{{{outputs.NAME}}}}")
    return Expression(body["source"], body["name"])


def find(text: str) -> Iterator[Expression]:
    """Yield the expressions of `text` in order; InvalidInputError where one cannot be read."""
    return (_parse(match) for match in _PATTERN.finditer(text))


def substitute(text: str, resolve: Callable[[Expression], str]) -> str:
    """Return `text` with every expression replaced by what `resolve` says."""
    return _PATTERN.sub(lambda match: resolve(_parse(match)), text)


def substitute_in_shell(command: str, resolve: Callable[[Expression], str]) -> str:
    """Return a POSIX shell command with every expression replaced and quoted for where it stands.

    A value is one word outside quotes and literal text inside them: it can neither split, nor expand, nor run anything.
    """
    parts, position, context = [], 0, ""
    for match in _PATTERN.finditer(command):
        before = command[position : match.start()]
        context = _quoting(before, context)
        parts += [before, _quoted(resolve(_parse(match)), context)]
        position = match.end()
    return "".join([*parts, command[position:]])


def _quoting(text: str, context: str) -> str:
    """Return the open quotation mark after `text`, given the one before it."""
    escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and context != "'":
            escaped = True
        elif context:
            context = "" if char == context else context
        elif char in "'\"":
            context = char
    return context


def _quoted(value: str, context: str) -> str:
    if context == "'":
        return value.replace("'", "'\\''")
    if context == '"':
        return re.sub(r'([\\"$`])', r"\\\1", value)
    return shlex.quote(value)
