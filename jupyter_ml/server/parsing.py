# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests made into schemas, and answers into JSON."""

from __future__ import annotations

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
    """Return the schema that a query string says; a field that is a list takes a parameter as often as it comes."""
    given: dict[str, Any] = {}
    for name, values in arguments.items():
        if name == "token" or name.isdecimal():  # Jupyter's ways to authenticate, and to pass by a browser's cache
            continue
        try:
            texts = [value.decode() for value in values]
        except UnicodeDecodeError as error:
            raise InvalidInputError(f"{name}: this is not UTF-8", field=name) from error
        field = schema.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is list:
            given[name] = texts
        elif len(texts) > 1:
            raise InvalidInputError(f"{name}: given {len(texts)} times, but it takes one value", field=name)
        else:
            given[name] = texts[0]
    return validated(schema, given)


def parse_body(schema: type[S], body: bytes, limit: int) -> S:
    """Return the schema that a JSON body says; at most `limit` bytes are looked at."""
    if len(body) > limit:
        raise TooLargeError(f"the body has {len(body)} bytes; it may have {limit} (JupyterMLApp.max_body_bytes)")
    try:
        return schema.model_validate_json(body)
    except ValidationError as error:
        raise explain(error, {"": schema}, _data(body)) from error


def _data(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:  # the error says so
        return None


def encode(kind: Any, value: Any) -> bytes:
    """Return the JSON of an answer of type `kind`.

    NaN and the infinities become the texts ``"NaN"``, ``"Infinity"``, ``"-Infinity"``: JSON has no numbers for them,
    and a loss that is NaN is worth knowing.
    """
    adapter = TypeAdapter(kind)
    body = adapter.dump_json(value, by_alias=True)
    if not any(word in body for word in _NOT_JSON):
        return body
    return to_json(adapter.dump_python(value, by_alias=True), inf_nan_mode="strings")
