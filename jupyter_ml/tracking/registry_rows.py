# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read versions of models from MLflow's registry, in milliseconds."""

# ruff: noqa: S608 -- the statements consist of words of this module, and their values are parameters

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from jupyter_ml.schemas.assets import AssetSource
from jupyter_ml.schemas.models import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_ml.tracking.tables import Tables

__all__ = [
    "ARCHIVED",
    "DELETED",
    "LIVE",
    "OWN_TAG",
    "WORKSPACE",
    "Key",
    "ModelRow",
    "latest_of",
    "model",
    "read_versions",
]

WORKSPACE = "default"
"""MLflow's own workspaces are not used."""
OWN_TAG = "jupyter_ml.model"
"""Tag of a version with what MLflow has no columns for, as JSON."""
ARCHIVED = "Archived"
DELETED = "Deleted_Internal"
"""MLflow's stage of versions that were deleted: their numbers are not used again."""
LIVE = f"v.workspace = '{WORKSPACE}' AND COALESCE(v.current_stage, 'None') <> '{DELETED}'"
"""Condition for the versions that there are."""
_COLUMNS = "name, version, creation_time, description, user_id, current_stage, source, storage_location, run_id, status"
_FEW = 200
"""Versions for one query: SQLite takes quadratic time to find the names of parameters."""


class Key(NamedTuple):
    """A version of a model."""

    name: str
    version: int


class NewVersion(NamedTuple):
    """A version to register."""

    name: str
    version: int | None
    source: str
    location: str
    run_id: str | None
    user: str
    description: str | None
    stage: str
    tags: dict[str, str]
    aliases: Sequence[str]
    own: dict[str, Any]
    """What MLflow has no columns for."""


class ModelRow(NamedTuple):
    """A version, as MLflow's tables have it."""

    name: str
    version: int
    created_ms: int
    description: str | None
    user: str | None
    stage: str | None
    source: str | None
    location: str | None
    run_id: str | None
    status: str | None
    tags: dict[str, str]
    aliases: list[str]
    latest: bool

    @property
    def own(self) -> dict[str, Any]:
        """What MLflow has no columns for."""
        try:
            value = json.loads(self.tags.get(OWN_TAG, "{}"))
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def storage(self) -> str:
        """Where the content is, as far as MLflow knows."""
        return self.location or self.source or ""

    @property
    def revision(self) -> int:
        """Checksum of what can be changed."""
        tags = sorted((key, value) for key, value in self.tags.items() if key != OWN_TAG)
        content = (self.created_ms, self.description, self.stage or "None", tags, self.aliases)
        return crc32(json.dumps(content).encode()) % (2**31 - 1) + 1


def latest_of(tables: Tables, names: Sequence[str]) -> dict[str, int]:
    """Return the latest version of each model: the highest that is not archived, or of all if all are."""
    found: dict[str, int] = {}
    for part in _parts(names):
        values = {f"n{number}": name for number, name in enumerate(part)}
        wanted = ", ".join(f":{key}" for key in values)
        query = (
            f"SELECT v.name, COALESCE(MAX(CASE WHEN v.current_stage <> '{ARCHIVED}' THEN v.version END), "
            f"MAX(v.version)) FROM model_versions v WHERE {LIVE} AND v.name IN ({wanted}) GROUP BY v.name"
        )
        found |= dict(tables.ask(query, **values))
    return found


def read_versions(tables: Tables, keys: Sequence[Key]) -> list[ModelRow]:
    """Return the versions with these keys, in this order; those that do not exist are left out."""
    latest = latest_of(tables, sorted({key.name for key in keys}))
    found: dict[Key, ModelRow] = {}
    for part in _parts(keys):
        values: dict[str, str | int] = {f"n{number}": key.name for number, key in enumerate(part)}
        values |= {f"v{number}": key.version for number, key in enumerate(part)}
        wanted = ", ".join(f"(:n{number}, :v{number})" for number in range(len(part)))
        joined = f"(VALUES {wanted}) k JOIN {{}} v ON v.name = k.column1 AND v.version = k.column2"
        columns = ", ".join(f"v.{column}" for column in _COLUMNS.split(", "))
        rows = tables.ask(f"SELECT {columns} FROM {joined.format('model_versions')} WHERE {LIVE}", **values)
        of_versions = "SELECT v.name, v.version, {} FROM " + joined + f" WHERE v.workspace = '{WORKSPACE}'"
        tags = _grouped(tables.ask(of_versions.format("v.key, v.value", "model_version_tags"), **values))
        aliases = _grouped(tables.ask(of_versions.format("v.alias", "registered_model_aliases"), **values))
        for row in rows:
            key = Key(row[0], row[1])
            names = sorted(alias for (alias,) in aliases.get(key, []))
            found[key] = ModelRow._make([*row, dict(tags.get(key, [])), names, latest.get(key.name) == key.version])
    return [found[key] for key in keys if key in found]


def model(row: ModelRow, job: str | None = None) -> Model:
    """Return the resource of a version; `job` is the one of its run."""
    own, stage = row.own, None if row.stage in (None, "", "None") else row.stage
    creator = {"job": own.get("job") or job, "notebook": own.get("notebook")}
    return Model(
        name=row.name,
        description=row.description,
        created_at=datetime.fromtimestamp(row.created_ms / 1000, UTC),
        archived=stage == ARCHIVED,
        revision=row.revision,
        version=str(row.version),
        latest=row.latest,
        labels=row.aliases,
        tags={key: value for key, value in row.tags.items() if key != OWN_TAG},
        properties=own.get("properties", {}),
        created_by=row.user or "",
        source=AssetSource(**creator) if any(creator.values()) else None,
        type=own.get("type", "mlflow_model"),
        path=row.source or "",
        uri=f"models:/{row.name}/{row.version}",
        stage=stage,
        status=row.status or "READY",
        run_id=row.run_id or None,
        flavors=own.get("flavors", {}),
        files=own.get("files"),
        bytes=own.get("bytes"),
        digest=own.get("digest"),
    )


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[Key, list[tuple[Any, ...]]]:
    found: dict[Key, list[tuple[Any, ...]]] = {}
    for name, version, *rest in rows:
        found.setdefault(Key(name, version), []).append(tuple(rest))
    return found


def _parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + _FEW] for start in range(0, len(items), _FEW))
