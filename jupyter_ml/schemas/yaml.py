# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read YAML 1.2 with bounds, and remember the line and the text of every value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from jupyter_ml.errors import InvalidInputError, TooLargeError, reason
from jupyter_ml.schemas.reference_parts import shown
from jupyter_ml.schemas.scalars import guess_scalar, parse_scalar
from jupyter_ml.schemas.yaml_nodes import PREFIX, Reader, YAMLError, compose

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.yaml_nodes import Location

__all__ = ["Document", "dump", "load", "parse_text", "read"]

MAX_BYTES = 256 * 1024
"""Of a file; it takes a second and a half to read as much."""


class _Dumper(yaml.SafeDumper):
    """Quote text that would have another type in YAML 1.1 or in YAML 1.2."""


for _first in "-+.0123456789":
    _Dumper.add_implicit_resolver(
        f"{PREFIX}float", re.compile(r"[-+]?(0o[0-7]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)$"), [_first]
    )


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # PyYAML writes the line breaks of other alphabets as they are, and they are folded when they are read
    return dumper.represent_scalar(f"{PREFIX}str", text, style='"' if set(text) & set("\x85\u2028\u2029") else None)


_Dumper.add_representer(str, _represent_text)


class Document:
    """A mapping read from YAML that remembers the line and the text of every value.

    Attributes
    ----------
    data : dict
        The values; keys are text, as they were written.
    source : str
        What to call it in an error.
    """

    def __init__(self, data: dict[str, Any], reader: Reader, source: str) -> None:
        self.data = data
        self.source = source
        self._lines, self._texts = reader.lines, reader.texts
        self._options: dict[Location, str] = {}

    @classmethod
    def empty(cls) -> Document:
        """Return a document without values, in which values of options can be put."""
        return cls({}, Reader("", parse_scalar), "")

    def where(self, location: Location) -> str:
        """Return ``file:line`` of a key, or of the nearest one above it that has a line."""
        while location:
            if location in self._options:
                return self._options[location]
            if location in self._lines:
                return f"{self.source}:{self._lines[location]}"
            location = location[:-1]
        return self.source

    def text(self, location: Location) -> str | None:
        """Return the text that a scalar without quotes was written as; None for anything else."""
        return self._texts.get(location)

    def replace(self, dotted: str, value: Any, text: str | None = None) -> None:
        """Set the value of a dotted key to `value`, written as `text`; None removes the key."""
        location = tuple(dotted.split("."))
        if value is None:  # as if it were not in the file
            self._mapping(location).pop(location[-1], None)
        else:
            self.put(location, value, text)

    def _mapping(self, location: tuple[str, ...]) -> dict[str, Any]:
        """Return the mapping that contains a key; it is created where it is missing."""
        data = self.data
        for part in location[:-1]:
            inner = data.setdefault(part, {})
            if not isinstance(inner, dict):
                dotted = ".".join(location)
                raise InvalidInputError(
                    f"--set {dotted}: {part} has no keys of its own, it is {shown(inner)}", field=dotted
                )
            data = inner
        return data

    def put(self, location: tuple[str, ...], value: Any, text: str | None = None) -> None:
        """Set the value at a location to `value`, which may be None, written as `text`."""
        self._mapping(location)[location[-1]] = value
        self._options[location] = f"--set {'.'.join(location)}"
        self._texts.pop(location, None)
        if text is not None:
            self._texts[location] = text

    def write_as_text(self, location: Location) -> bool:
        """Replace the value of a scalar by its text; return whether it has a text and was something else."""
        *parents, last = location
        data: Any = self.data
        for part in parents:
            data = data[part]
        text = self._texts.get(location)
        if text is None or data[last] is None or isinstance(data[last], str):
            return False
        data[last] = text
        return True


def load(path: Path) -> Document:
    """Read one YAML mapping.

    Raises
    ------
    InvalidInputError
        Where the file is missing, unreadable, not YAML, not a mapping, or has a key twice.
    TooLargeError
        Where it is too large, or its aliases make it so.
    """
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8") if size <= MAX_BYTES else ""
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} cannot be read: {reason(error)}") from error
    if size > MAX_BYTES:
        raise TooLargeError(f"{path} has {size} bytes; a YAML file may have {MAX_BYTES}")
    return read(text, str(path))


def read(text: str, source: str) -> Document:
    """Read the YAML mapping in a text; `source` names it in errors, which are those of `load`."""
    try:
        node = compose(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InvalidInputError(f"{source}{line}: this is not YAML: {getattr(error, 'problem', error)}") from error
    reader = Reader(source, parse_scalar)
    data = {} if node is None else reader.read(node)
    if not isinstance(data, dict):
        raise InvalidInputError(f"{source}: expected keys and values, found a {type(data).__name__}")
    return Document(data, reader, source)


def parse_text(text: str) -> Any:
    """Return the value of typed text that may be YAML: a scalar, a ``[list]`` or a ``{mapping}``.

    Text has another type only where nothing of it is lost (see `guess_scalar`); all else is the text, as it was typed.
    """
    if not text.startswith(("[", "{")) or len(text) > MAX_BYTES:
        return guess_scalar(text)
    try:
        node = compose(text)
        if node is None or node.end_mark.index != len(text):  # what comes after it, as a comment, would be lost
            return text
        return Reader("", guess_scalar).read(node)
    except (*YAMLError, InvalidInputError):
        return text


def dump(data: Any, *, ascii_only: bool = False) -> str:
    """Return `data` as YAML that means the same to readers of YAML 1.1 and 1.2."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=not ascii_only))
