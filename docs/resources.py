# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Markdown of the kinds of resources: their fields, and their operations in each client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from docs.shapes import HOMES, code, fields_table, table
from jupyter_ml.schemas.json_schema import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.kinds import Kind

__all__ = ["kind_sections"]

COMMANDS = {"get": "show"}
"""Commands that are not called as the operation."""
ROUTES = {
    "list": "GET /{plural}",
    "get": "GET /{plural}/{{name}}",
    "create": "POST /{plural}",
    "update": "PATCH /{plural}/{{name}}",
    "archive": "POST /{plural}/{{name}}/archive",
    "restore": "POST /{plural}/{{name}}/restore",
    "delete": "DELETE /{plural}/{{name}}",
}


def kind_sections(kind: Kind[Any, Any]) -> Iterator[str]:
    """Yield the sections about a kind: what it is, its operations, and the fields of its models."""
    yield f"## {kind.name.titles.capitalize()}\n\n{_sentence(kind.name.summary)}\n"
    yield table(["Operation", "Command", "Route", "Python"], _operations(kind))
    yield f"Lists have the columns {', '.join(column.title for column in kind.columns)}.\n"
    models = {
        "": kind.model,
        " query": kind.query,
        " to create": kind.spec,
        " update": kind.changes,
    }
    nested: dict[str, type[BaseModel]] = {}
    for title, model in models.items():
        if model is not None and model.__name__ not in HOMES:
            yield f"### {kind.name.title.capitalize()}{title}\n\n{plain(model.__doc__)}\n"
            yield fields_table(model)
            nested |= {found.__name__: found for found in _nested(model)}
    for name, model in nested.items():
        yield f"### {name}\n\n{plain(model.__doc__)}\n"
        yield fields_table(model)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _operations(kind: Kind[Any, Any]) -> Iterator[list[str]]:
    singular, plural = kind.singular, kind.plural
    for operation, route in ROUTES.items():
        if operation in kind.operations:
            command = f"jupyter ml {singular} {COMMANDS.get(operation, operation)}"
            method = f"workspace.{plural}.{operation}"
            yield [operation, code(command), code(route.format(plural=plural)), code(method)]


def _nested(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield the models in the fields of a model that no other page describes, and those in their fields."""
    for field in model.model_fields.values():
        for found in _models(field.annotation):
            if found.__name__ not in HOMES:
                yield found
                yield from _nested(found)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
