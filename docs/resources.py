# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Markdown of the kinds of resources: their fields, and their operations in each client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from docs.shapes import HOMES, code, fields_table, table
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.json_schema import plain
from jupyter_ml.server.resources import resource_routes
from jupyter_ml.server.routed_kinds import routed
from jupyter_ml.server.routes import OWN, operations_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_ml.schemas.kinds import Kind

__all__ = ["kind_sections"]

COMMANDS = {"get": "show"}
"""Commands that are not called as the operation."""
ORDER = ("list", "get", "create", "create_or_update", "update", "archive", "restore", "delete")


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
            yield from _tables(model)
            nested |= {found.__name__: found for each in _variants(model) for found in _nested(each)}
    for name, model in nested.items():
        yield f"### {name}\n\n{plain(model.__doc__)}\n"
        yield fields_table(model)


def _variants(model: type[BaseModel]) -> Sequence[type[BaseModel]]:
    return model.variants() if issubclass(model, Schema) else [model]


def _tables(model: type[BaseModel]) -> Iterator[str]:
    """Yield the fields of a model, or the title and the fields of each model that it stands for."""
    for each in _variants(model):
        if each is not model:
            yield f"#### {each.__name__}\n\n{plain(each.__doc__)}\n"
        yield fields_table(each)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _operations(kind: Kind[Any, Any]) -> Iterator[list[str]]:
    """Yield each operation of a kind with its command, its routes and its method."""
    own = OWN.get(kind.singular, ())
    routes: dict[str, list[str]] = {}
    for path, method, operation in operations_of(resource_routes(routed(kind.name), *own)):
        routes.setdefault(operation.operation_id, []).append(code(f"{method.upper()} {path}"))
    ids = routed(kind.name).operation_id
    for name in (each for each in ORDER if each in kind.operations):
        found = [*routes.get(ids(name), ()), *routes.get(f"{ids(name)}Version", ())]
        command = f"jupyter ml {kind.name.command} {COMMANDS.get(name, name.replace('_', '-'))}"
        yield [name.replace("_", " "), code(command), ", ".join(found), code(f"workspace.{kind.plural}.{name}")]
    if kind.name.versioned and "list" in kind.operations:
        command = f"jupyter ml {kind.name.command} list --name NAME"
        [route] = routes[f"list{ids('')}Versions"]
        yield ["list versions", code(command), route, code(f"workspace.{kind.plural}.versions")]


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
