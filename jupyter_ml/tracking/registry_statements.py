# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The statements that change MLflow's registry, each as MLflow itself would change it."""

# ruff: noqa: S608 -- the statements consist of words of this module, and their values are parameters

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError
from jupyter_ml.tracking.registry_lists import IS_PROMPT
from jupyter_ml.tracking.registry_rows import DELETED, OWN_TAG, WORKSPACE, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_ml.tracking.registry_rows import ModelRow, NewVersion
    from jupyter_ml.tracking.tables import Tables

__all__ = [
    "delete_model",
    "delete_version",
    "insert_version",
    "move_aliases",
    "replace_tags",
    "set_description",
    "set_stage",
]

_OF_MODEL = f"workspace = '{WORKSPACE}' AND name = :name"
_OF_VERSION = f"{_OF_MODEL} AND version = :version"
_MAX_STAGES = 100
"""Number of changes of the stage that are kept."""


def insert_version(tables: Tables, new: NewVersion, version: int, now_ms: int) -> None:
    """Add a version, and its model if it is the first one; ConflictError when the name is that of a prompt."""
    prompt = f"SELECT 1 FROM registered_model_tags WHERE {_OF_MODEL} AND key = '{IS_PROMPT}' AND value = 'true'"
    if tables.ask(prompt, name=new.name):
        raise ConflictError(f"{new.name!r} is a prompt in MLflow's registry: choose another name")
    times = {"name": new.name, "now": now_ms}
    tables.change(
        "INSERT INTO registered_models (workspace, name, creation_time, last_updated_time) "
        f"VALUES ('{WORKSPACE}', :name, :now, :now) ON CONFLICT DO NOTHING",
        **times,
    )
    tables.change(f"UPDATE registered_models SET last_updated_time = :now WHERE {_OF_MODEL}", **times)
    values = {
        "name": new.name,
        "version": version,
        "creation_time": now_ms,
        "last_updated_time": now_ms,
        "description": new.description,
        "user_id": new.user,
        "current_stage": new.stage,
        "source": new.source,
        "storage_location": new.location,
        "run_id": new.run_id,
        "status": "READY",
    }
    places = ", ".join(f":{name}" for name in values)
    tables.change(
        f"INSERT INTO model_versions (workspace, {', '.join(values)}) VALUES ('{WORKSPACE}', {places})",
        **values,
    )
    key = Key(new.name, version)
    own = {**new.own, "stages": [_change(new.stage, new.user, now_ms)]} if new.stage != "None" else new.own
    _set_tags(tables, key, {**new.tags, OWN_TAG: json.dumps(own)}.items())
    move_aliases(tables, key, (), new.aliases)


def replace_tags(tables: Tables, key: Key, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Give a version exactly these tags instead of those before."""
    _set_tags(tables, key, after.items() - before.items())
    for name in before.keys() - after.keys():
        tables.change(
            f"DELETE FROM model_version_tags WHERE {_OF_VERSION} AND key = :key",
            **key._asdict(),
            key=name,
        )


def move_aliases(tables: Tables, key: Key, before: Iterable[str], after: Iterable[str]) -> None:
    """Give a version exactly these aliases instead of those before."""
    for alias in set(before) - set(after):
        tables.change(
            f"DELETE FROM registered_model_aliases WHERE {_OF_VERSION} AND alias = :alias",
            **key._asdict(),
            alias=alias,
        )
    for alias in set(after) - set(before):
        tables.change(
            "INSERT INTO registered_model_aliases (workspace, name, alias, version) "
            f"VALUES ('{WORKSPACE}', :name, :alias, :version) "
            "ON CONFLICT (workspace, name, alias) DO UPDATE SET version = excluded.version",
            **key._asdict(),
            alias=alias,
        )


def set_description(tables: Tables, key: Key, text: str | None, now_ms: int) -> None:
    """Set the description of a version."""
    tables.change(
        f"UPDATE model_versions SET description = :text, last_updated_time = :now WHERE {_OF_VERSION}",
        **key._asdict(),
        text=text,
        now=now_ms,
    )


def set_stage(tables: Tables, row: ModelRow, stage: str, user: str, now_ms: int) -> None:
    """Move a version to a stage, which is added to the history of its stages."""
    stages = [*row.own.get("stages", []), _change(stage, user, now_ms)][-_MAX_STAGES:]
    own = {**row.own, "stages": stages, "stage_before": row.stage or "None"}
    key = Key(row.name, row.version)
    tables.change(
        f"UPDATE model_versions SET current_stage = :stage, last_updated_time = :now WHERE {_OF_VERSION}",
        **key._asdict(),
        stage=stage,
        now=now_ms,
    )
    _set_tags(tables, key, [(OWN_TAG, json.dumps(own))])


def delete_version(tables: Tables, key: Key, now_ms: int) -> None:
    """Mark a version as deleted, so that its number is not used again."""
    for table in ("registered_model_aliases", "model_version_tags"):
        tables.change(f"DELETE FROM {table} WHERE {_OF_VERSION}", **key._asdict())
    tables.change(
        f"UPDATE model_versions SET current_stage = '{DELETED}', last_updated_time = :now, description = NULL, "
        "user_id = NULL, source = 'REDACTED-SOURCE-PATH', storage_location = NULL, run_id = 'REDACTED-RUN-ID', "
        f"run_link = 'REDACTED-RUN-LINK', status_message = NULL WHERE {_OF_VERSION}",
        **key._asdict(),
        now=now_ms,
    )


def delete_model(tables: Tables, name: str) -> None:
    """Delete a model with all its versions."""
    for table in (
        "registered_model_aliases",
        "model_version_tags",
        "model_versions",
        "registered_model_tags",
        "registered_models",
    ):
        tables.change(f"DELETE FROM {table} WHERE {_OF_MODEL}", name=name)


def _set_tags(tables: Tables, key: Key, tags: Iterable[tuple[str, str]]) -> None:
    for name, value in tags:
        tables.change(
            "INSERT INTO model_version_tags (workspace, name, version, key, value) "
            f"VALUES ('{WORKSPACE}', :name, :version, :key, :value) "
            "ON CONFLICT (workspace, key, name, version) DO UPDATE SET value = excluded.value",
            **key._asdict(),
            key=name,
            value=value,
        )


def _change(stage: str, user: str, now_ms: int) -> dict[str, Any]:
    return {"stage": stage, "user": user, "time_ms": now_ms}
