# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Parse requests into schemas, and encode results as JSON."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from jupyter_ml.errors import InvalidInputError, TooLargeError
from jupyter_ml.schemas.validation import explain, validated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.base import Schema

__all__ = ["encode", "parse_body", "parse_query"]

S = TypeVar("S", bound="Schema")

_NOT_JSON = (b"NaN", b"Infinity")
"""What schemas write for numbers that JSON has not; it may as well be part of a text."""


def parse_query(schema: type[S], arguments: Mapping[str, list[bytes]]) -> S:
    """Parse a query string; a parameter may be repeated if its field is a list."""
    given: dict[str, Any] = {}
    for name, values in arguments.items():
        if name == "token" or name.isdecimal():  # Jupyter's authentication and cache busting
            continue
        try:
            texts = [value.decode() for value in values]
        except UnicodeDecodeError as error:
            raise InvalidInputError(f"{name}: not valid UTF-8", field=name) from error
        field = schema.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is list:
            given[name] = texts
        elif len(texts) > 1:
            raise InvalidInputError(f"{name}: given {len(texts)} times, but takes one value", field=name)
        else:
            given[name] = texts[0]
    return validated(schema, given)


def parse_body(schema: type[S], body: bytes, limit: int) -> S:
    """Parse a JSON body of at most `limit` bytes."""
    if len(body) > limit:
        raise TooLargeError(f"the body has {len(body)} bytes; the limit is {limit} (JupyterMLApp.max_body_bytes)")
    try:
        return schema.model_validate_json(body, strict=True)  # programs know their types
    except ValidationError as error:
        raise explain(error, schema, _data(body)) from error


def _data(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:  # not JSON, which the error reports
        return None


def encode(kind: Any, value: Any) -> bytes:
    """Return the JSON of a value of type `kind`.

    NaN and the infinities are encoded as the strings ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``, because JSON has no
    numbers for them.
    """
    adapter = _adapter(kind)
    body = adapter.dump_json(value, by_alias=True)
    if not any(word in body for word in _NOT_JSON):
        return body
    return to_json(adapter.dump_python(value, by_alias=True), inf_nan_mode="strings")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
