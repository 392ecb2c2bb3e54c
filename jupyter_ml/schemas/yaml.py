"""Reading YAML so that an error names the file, the line, the key and the nearest right spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from jupyter_ml.errors import InvalidInputError, TooLargeError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Document", "explain", "load", "validate"]

T = TypeVar("T")
MAX_BYTES = 10 * 1024**2
FOREIGN = {
    "environment": "jobs run in the environment of their compute; take the key out, or use --set environment=null",
    "resources": "the local compute has one instance; take the key out, or use --set resources=null",
}
"""Keys of Azure ML's job files that a reader may well expect to be known."""
BRANCH = "$"
"""Begins the tag of a union's branch, which pydantic puts into locations though it is no key."""

Location = tuple[str | int, ...]


class Document:
    """A mapping read from YAML that remembers the line of every key.

    Attributes
    ----------
    data : dict
        The values.
    source : str
        What to call it in an error.
    """

    def __init__(self, data: dict[str, Any], lines: Mapping[Location, int], source: str) -> None:
        self.data = data
        self.source = source
        self._lines = lines

    def where(self, location: Location) -> str:
        """Return ``file:line`` of a key, or of the nearest one above it that has a line."""
        while location and location not in self._lines:
            location = location[:-1]
        line = self._lines.get(location)
        return f"{self.source}:{line}" if line else self.source


def load(path: Path) -> Document:
    """Read one YAML mapping.

    Raises
    ------
    InvalidInputError
        Where the file is missing, unreadable, no YAML, no mapping, or has a key twice.
    """
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8") if size <= MAX_BYTES else ""
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} cannot be read: {error}") from error
    if size > MAX_BYTES:
        raise TooLargeError(f"{path} has {size} bytes; a YAML file may have {MAX_BYTES}")
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Location, int] = {}
        if node is not None:
            _collect_lines(node, (), lines, str(path))
        data = loader.construct_document(node) if node is not None else {}
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InvalidInputError(f"{path}{line}: this is not YAML: {getattr(error, 'problem', error)}") from error
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise InvalidInputError(f"{path}: expected keys and values, found a {type(data).__name__}")
    return Document(data, lines, str(path))


def _collect_lines(node: yaml.Node, location: Location, lines: dict[Location, int], source: str) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*location, key.value)
            line = key.start_mark.line + 1
            if inner in lines:
                raise InvalidInputError(
                    f"{source}:{line}: {key.value!r} stands here again; it is in line {lines[inner]}"
                )
            lines[inner] = line
            _collect_lines(value, inner, lines, source)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[*location, index] = item.start_mark.line + 1
            _collect_lines(item, (*location, index), lines, source)


def validate(adapter: TypeAdapter[T], document: Document, models: Mapping[str, type[BaseModel]]) -> T:
    """Return what `document` describes.

    Parameters
    ----------
    adapter
        Validates the data.
    document
        What was read.
    models
        From the tag of a discriminated union to its model; `""` where there is no union.

    Raises
    ------
    InvalidInputError
        With a line for everything that is wrong.
    """
    try:
        return adapter.validate_python(document.data)
    except ValidationError as error:
        raise explain(error, models, document) from error


def explain(
    error: ValidationError, models: Mapping[str, type[BaseModel]], document: Document | None = None
) -> InvalidInputError:
    """Return the error to raise for a failed validation, in a person's words."""
    messages: dict[str, str] = {}
    for item in error.errors(include_url=False, include_context=False):
        location = item["loc"]
        model = models.get("")
        if location and location[0] and location[0] in models:
            model, location = models[str(location[0])], location[1:]
        if item["type"] == "union_tag_invalid" and not location:
            location = ("type",)
        location = _strip_branches(location, document.data if document else None)
        field = ".".join(map(str, location))
        message = _message(item, model, location)
        where = document.where(location) if document else ""
        messages.setdefault(field, ": ".join(part for part in (where, field, message) if part))
    return InvalidInputError("\n".join(messages.values()), field=next(iter(messages)) or None)


def _strip_branches(location: Location, data: Any) -> Location:
    """Return the keys and positions of `location`, without the union branches among them."""
    kept: list[str | int] = []
    for part in location:
        if str(part).startswith(BRANCH):
            continue
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part] if part < len(data) else None
        elif data is not None:
            break
        kept.append(part)
    return tuple(kept)


def _message(item: Any, model: type[BaseModel] | None, location: Location) -> str:
    if item["type"] == "extra_forbidden" and location[-1] in FOREIGN:
        return FOREIGN[str(location[-1])]
    if item["type"] == "extra_forbidden":
        return f"unknown key{nearest(str(location[-1]), _fields(model, location[:-1]))}"
    text = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "missing":
        return "this key is required"
    given = item.get("input")
    shown = f" (got {given!r})" if isinstance(given, str | int | float | bool) and item["type"] != "value_error" else ""
    return text[:1].lower() + text[1:] + shown


def _fields(model: type[BaseModel] | None, location: Location) -> list[str]:
    for part in location:
        annotation = model.model_fields[str(part)].annotation if model and str(part) in model.model_fields else None
        model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    return list(model.model_fields) if model else []
