# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Validate data with one message for each error, in the order of the data, with file and line where known."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.messages import key_hint, message_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

    from jupyter_ml.schemas.yaml import Document
    from jupyter_ml.schemas.yaml_nodes import Location

__all__ = ["explain", "misplaced", "validate", "validated"]

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
MOST_MESSAGES = 20
PLACE = "place"
"""In the context of an error: where in the model it is."""
SECRETS = (("secrets",), ("credentials",))
"""Keys below which values must not be shown."""
BRANCHES = ("$", "[key]")
"""First characters of parts of pydantic's locations that are not keys: the tag of a union's branch, a wrong key."""


def validate(adapter: TypeAdapter[T], document: Document, model: type[BaseModel] | None) -> T:
    """Return the value that `document` describes; where text is required, a scalar is the text that it was written as.

    Parameters
    ----------
    adapter
        Validates the data.
    document
        What was read.
    model
        Model of the value, from which near matches of unknown keys are suggested; None if it is unknown.

    Raises
    ------
    InvalidInputError
        With a line for every error.
    """
    try:
        return adapter.validate_python(document.data)
    except ValidationError as error:
        no_text = [_location(item, document.data) for item in error.errors() if item["type"] == "string_type"]
        if not any([document.write_as_text(location) for location in no_text]):  # noqa: C419 -- all of them
            raise explain(error, model, document.data, document) from error
    return validate(adapter, document, model)


def validated(model: type[M], data: Mapping[str, Any]) -> M:
    """Return `data` as a model; InvalidInputError with a message for every error."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise explain(error, model, data) from error


def explain(
    error: ValidationError, model: type[BaseModel] | None, data: Any, document: Document | None = None
) -> InvalidInputError:
    """Return the error to raise for a failed validation of `data`: a message for each location, in their order."""
    items = error.errors(include_url=False)
    if model is not None and issubclass(model, Schema):
        model = model.variant(data)
    places = sorted(((_location(item, data), item) for item in items), key=lambda each: _order(each[0], data))
    fields, lines = [], []
    for location, group in groupby(places, key=lambda place: place[0]):
        fields.append(".".join(map(str, location)))
        message = _message([item for _, item in group], model, location, document)
        where = document.where(location) if document else ""
        field = "" if where == f"--set {fields[-1]}" else fields[-1]  # an option names the key already
        lines.append(": ".join(part for part in (where, field, message) if part))
    if len(lines) > MOST_MESSAGES:
        lines[MOST_MESSAGES:] = [f"and {len(lines) - MOST_MESSAGES} more"]
    return InvalidInputError("\n".join(lines), field=fields[0] or None)


def misplaced(message: str, place: tuple[str, ...]) -> PydanticCustomError:
    """Return the error of a validator of a whole model for the value below the keys `place`."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, PLACE: place})


def _location(item: ErrorDetails, data: Any) -> Location:
    """Return the keys and positions that lead to an error, without the branches of unions that pydantic adds."""
    location = item["loc"] + tuple(item.get("ctx", {}).get(PLACE, ()))
    kept: list[str | int] = []
    for part in location:
        if isinstance(data, dict) and (part in data or not str(part).startswith(BRANCHES)):
            data = data.get(str(part))
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part] if part < len(data) else None
        elif isinstance(data, dict):
            continue
        else:
            break  # of a value there are branches only
        kept.append(part)
    return tuple(kept)


def _order(location: Location, data: Any) -> tuple[int, ...]:
    """Return where a location is in the data; missing keys come last in their mapping."""
    places = []
    for part in location:
        known = list(data) if isinstance(data, dict) else []
        places.append(part if isinstance(part, int) else known.index(part) if part in known else len(known))
        data = data.get(part) if isinstance(data, dict) else data[part] if isinstance(part, int) else None
    return tuple(places)


def _message(
    items: list[ErrorDetails], model: type[BaseModel] | None, location: Location, document: Document | None
) -> str:
    if items[0]["type"] == "extra_forbidden":
        hints = model.key_hints if model is not None and issubclass(model, Schema) else {}
        known = key_hint(".".join(map(str, location)), hints, in_file=document is not None)
        name = str(location[-1]) if location else ""  # a key may be empty
        return known or f"unknown key{nearest(name, _fields(model, location[:-1]))}"
    of_key = items[0]["loc"][-1:] == ("[key]",)
    written = document.text(location) if document and not of_key else None
    return message_of(items, written, secret=location[:1] in SECRETS or _is_confidential(model))


def _is_confidential(model: type[BaseModel] | None) -> bool:
    return model is not None and issubclass(model, Schema) and model.confidential


def _fields(model: type[BaseModel] | None, location: Location) -> list[str]:
    """Return the keys that are allowed at a location."""
    models = [model] if model is not None else []
    for part in location:
        annotations = [each.model_fields[str(part)].annotation for each in models if str(part) in each.model_fields]
        if annotations:  # else it is a name that the user chose
            models = [inner for annotation in annotations for inner in _models(annotation)]
    return [name for each in models for name in each.model_fields]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
