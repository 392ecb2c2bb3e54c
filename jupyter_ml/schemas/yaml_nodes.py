# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Convert YAML 1.2 to values, with bounds, and note the line and the text of each value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from jupyter_ml.errors import InvalidInputError, TooLargeError
from jupyter_ml.schemas.scalars import parse_scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.scalars import Scalar

__all__ = ["PREFIX", "Location", "Reader", "YAMLError", "compose"]

MAX_VALUES = 50_000
"""With aliases, a file of a few hundred bytes can stand for billions."""
MAX_DEPTH = 50


Location = tuple[str | int, ...]


YAMLError = (yaml.YAMLError, RecursionError)
"""What `compose` raises."""

PREFIX = "tag:yaml.org,2002:"
_PLAIN = "!plain"
"""The tag of scalars without quotes: what they mean is decided here and not by PyYAML, which reads YAML 1.1."""
_TYPES: dict[str, tuple[type, ...]] = {
    f"{PREFIX}null": (type(None),),
    f"{PREFIX}bool": (bool,),
    f"{PREFIX}int": (int,),
    f"{PREFIX}float": (int, float),
}
_COLLECTIONS = (f"{PREFIX}map", f"{PREFIX}seq")
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the second is four times slower, and always there


class _Loader(_Base):  # type: ignore[misc]
    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}


def compose(text: str) -> yaml.Node | None:
    """Return the one document of `text` as nodes; None where it is empty."""
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


class Reader:
    """Convert nodes to values.

    Parameters
    ----------
    source
        What to call the document in an error.
    plain
        Returns the value of a scalar without quotes.

    Attributes
    ----------
    lines, texts : dict
        Line and text of values by their location.
    """

    def __init__(self, source: str, plain: Callable[[str], Scalar]) -> None:
        self.lines: dict[Location, int] = {}
        self.texts: dict[Location, str] = {}
        self._source, self._plain = source, plain
        self._count = 0

    def read(self, node: yaml.Node, location: Location = ()) -> Any:
        """Return the value of a node; InvalidInputError where it is too large or cannot be written as JSON."""
        self._count += 1
        if self._count > MAX_VALUES:
            raise TooLargeError(self._located(node, f"more than {MAX_VALUES:,} values, with aliases expanded"))
        if len(location) > MAX_DEPTH:
            raise TooLargeError(self._located(node, f"more than {MAX_DEPTH} levels of nesting"))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, location)
        if node.tag not in _COLLECTIONS:
            raise InvalidInputError(self._located(node, f"the tag {node.tag.removeprefix(PREFIX)} is not supported"))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        for index, item in enumerate(node.value):
            self.lines[*location, index] = _line(item)
        return [self.read(item, (*location, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise InvalidInputError(self._located(key, "a key has to be text, and this one is a list or a mapping"))
            inner = (*location, key.value)
            if key.value in found:
                first, second = self.lines[inner], _line(key)
                lines = f" (lines {first} and {second})" if first != second else ""
                message = f"{key.value!r} is given twice{lines}"
                raise InvalidInputError(self._located(key, message))
            if key.value == "<<" and key.tag == _PLAIN:
                merged = self._merged(value, location) | merged
                continue
            self.lines[inner] = _line(key)
            found[key.value] = self.read(value, inner)
        return merged | found

    def _merged(self, node: yaml.Node, location: Location) -> dict[str, Any]:
        values = self.read(node, location)
        merged: dict[str, Any] = {}
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(value, dict):
                raise InvalidInputError(self._located(node, "<< takes a mapping, or a list of mappings"))
            merged = value | merged
        return merged

    def _scalar(self, node: yaml.ScalarNode, location: Location) -> Scalar:
        text = str(node.value)
        if node.tag == _PLAIN:
            self.texts[location] = text
            return self._plain(text)
        if node.tag in (f"{PREFIX}str", "!"):
            return text
        value = parse_scalar(text)
        if type(value) not in _TYPES.get(node.tag, ()):
            kind = node.tag.removeprefix(PREFIX)
            known = f"{text!r} is not a {kind}" if node.tag in _TYPES else f"the tag {kind} is not supported"
            raise InvalidInputError(self._located(node, known))
        return value

    def _located(self, node: yaml.Node, message: str) -> str:
        return f"{self._source}:{_line(node)}: {message}"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
