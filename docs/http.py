# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Markdown of the server's settings, routes and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from docs.shapes import code, table
from jupyter_ml.schemas.json_schema import plain
from jupyter_ml.server.extension import EVENTS, JupyterMLApp
from jupyter_ml.server.openapi import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["server"]


def server() -> Iterator[str]:
    """Yield the sections of the page about the server."""
    settings = JupyterMLApp.class_own_traits(config=True)
    yield "## Settings\n"
    yield "`c.JupyterMLApp.NAME = …` in `jupyter_server_config.py`, or `jupyter lab --JupyterMLApp.NAME=…`.\n"
    yield table(["Setting", "Default", "Meaning"], [_trait(name) for name in settings])
    yield "## Routes\n"
    yield "The schemas are in `openapi.json`. An error response has a code, a message and often a field.\n"
    yield table(["Route", "Operation", "Permission", "Description"], list(_routes()))
    yield "## Events\n"
    yield "Subscribe to them at Jupyter Server's event endpoint, `/api/events/subscribe`.\n"
    for path in EVENTS:
        yield from _event(path)


def _trait(name: str) -> list[str]:
    trait = JupyterMLApp.class_own_traits()[name]
    return [code(name), code(str(trait.default_value)), plain(trait.help).replace("\n\n", " ")]


def _routes() -> Iterator[list[str]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield [
                code(f"{method.upper()} {path}"),
                code(operation["operationId"]),
                _permissions(method, operation),
                operation["summary"],
            ]


def _permissions(method: str, operation: dict[str, Any]) -> str:
    action = "read" if method in ("get", "head") else "write"
    own = code(f"{action} jupyter_ml:{operation['tags'][0]}")
    return f"{own}, {code('read ' + operation['x-reads'])}" if "x-reads" in operation else own


def _event(path: Path) -> Iterator[str]:
    described: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    yield f"### {described['title']}\n"
    yield f"`{described['$id']}`\n"
    yield f"{plain(described['description'])}\n"
    yield table(["Key", "Meaning"], _keys(described["properties"]))


def _keys(properties: dict[str, Any], prefix: str = "") -> Iterator[list[str]]:
    for key, about in properties.items():
        yield [code(prefix + key), about.get("description", "")]
        yield from _keys(about.get("properties", {}), f"{prefix}{key}.")
