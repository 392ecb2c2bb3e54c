# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Generate the schemas of the events on Jupyter's event stream: ``python -m jupyter_ml.server.event_schemas``.

Jupyter Server validates each event against ``events/NAME/v1.yaml``. The files are committed, because loading the
models would delay every start of the server.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from jupyter_ml.schemas.job_events import JobProgressed
from jupyter_ml.schemas.json_schema import plain, written_fields
from jupyter_ml.schemas.registry import KINDS
from jupyter_ml.schemas.resources import Event
from jupyter_ml.schemas.vault import EVENT_KIND, VaultChanged
from jupyter_ml.schemas.workspace import WorkspaceOpened

if TYPE_CHECKING:
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.kinds import Kind

__all__ = ["FOLDER", "MODELS", "event_schema", "schema_id", "schemas"]

FOLDER = Path(__file__).parent / "events"

_OTHERS: dict[type[Schema], tuple[str, str]] = {
    JobProgressed: ("job_progress", "Progress of jobs"),
    WorkspaceOpened: ("workspace", "Changes of workspace"),
    VaultChanged: (EVENT_KIND, "Changes of the vault"),
}
"""Name and title of the schemas of events that no kind has."""

MODELS: dict[str, type[Schema]] = {
    **{kind.singular: kind.event for kind in KINDS.values()},
    **{name: model for model, (name, _) in _OTHERS.items()},
}
"""Model of each event by the name of its schema."""


def schema_id(event: Schema) -> str:
    """Return the id of the schema of an event."""
    return _id(event.kind if isinstance(event, Event) else _OTHERS[type(event)][0])


def _id(name: str) -> str:
    return f"https://events.jupyter.org/jupyter_ml/{name}/v1"


def event_schema(kind: Kind[Any, Any]) -> dict[str, Any]:
    """Return the schema of the events of a kind."""
    titles = kind.name.titles
    text = f"{titles.capitalize()} are {kind.name.summary}. An event is emitted for each change of one of them."
    schema = _schema(kind.singular, f"Changes of {titles}", text, kind.event)
    schema["properties"]["type"]["description"] = _describe_types(kind)
    schema["properties"]["kind"] = {"const": kind.singular, "description": "Kind of the resource."}
    return schema


def _describe_types(kind: Kind[Any, Any]) -> str:
    if not kind.event_types:
        return f"There are no events of {kind.name.titles}: clients can only read them."
    *others, last = kind.event_types
    return f"What has happened: {' or '.join(filter(None, [', '.join(others), last]))}."


def _schema(name: str, title: str, description: str, model: type[Schema]) -> dict[str, Any]:
    properties = written_fields(model)
    return {
        "$id": _id(name),
        "version": "1",
        "title": title,
        "personal-data": True,
        "description": description,
        "type": "object",
        "required": [*properties],
        "properties": properties,
    }


def schemas() -> dict[Path, dict[str, Any]]:
    """Return all schemas by the paths of their files."""
    found = {kind.singular: event_schema(kind) for kind in KINDS.values()}
    for model, (name, title) in _OTHERS.items():
        found[name] = _schema(name, title, plain(model.__doc__).replace("\n\n", " "), model)
    return {FOLDER / name / "v1.yaml": schema for name, schema in found.items()}


if __name__ == "__main__":
    for path, schema in schemas().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
