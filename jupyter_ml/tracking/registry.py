# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""MLflow's registry of models, read and written without importing MLflow.

All clients of MLflow see what is registered here, and the other way round. What MLflow has no columns for is in one
tag of the version.
"""

# ruff: noqa: S608 -- the statements consist of words of this module, and their values are parameters

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.tags import merged_tags, require_few
from jupyter_ml.tracking.registry_changes import foreign_versions, model_states
from jupyter_ml.tracking.registry_lists import page
from jupyter_ml.tracking.registry_lookup import find_key, is_used, parse_model, read_version
from jupyter_ml.tracking.registry_rows import ARCHIVED, LIVE, OWN_TAG, WORKSPACE, Key, model, read_versions
from jupyter_ml.tracking.registry_statements import (
    delete_model,
    delete_version,
    insert_version,
    move_aliases,
    replace_tags,
    set_description,
    set_stage,
)
from jupyter_ml.tracking.tables import Tables, writing
from jupyter_ml.tracking.uris import sqlite_file

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from jupyter_ml.schemas.assets import AssetQuery
    from jupyter_ml.schemas.models import Model, ModelUpdate
    from jupyter_ml.tracking.registry_changes import ForeignVersion
    from jupyter_ml.tracking.registry_rows import ModelRow, NewVersion

__all__ = ["Deleted", "ModelRegistry"]

_LOCK = 2036428612
"""Number of the writers of the registry on PostgreSQL."""
_RETRIES = 20


class Deleted(NamedTuple):
    """What was deleted."""

    model: Model
    whole: bool
    """Whether it was the model with all its versions."""


class ModelRegistry:
    """The registered models of a workspace; every method may be called from any thread.

    Parameters
    ----------
    uri
        As `jupyter_ml.tracking.uris.store_uri` returns it.
    prepare
        Creates MLflow's tables, which takes seconds.
    """

    def __init__(self, uri: str, prepare: Callable[[], None]) -> None:
        self._uri, self._prepare = uri, prepare

    def list(self, query: AssetQuery) -> tuple[list[ModelRow], int]:
        """Return a page of versions, and how many match; NotFoundError for the versions of an unknown model."""
        with self._reading() as tables:
            if tables is None:
                return [], 0
            if query.name is not None:
                query = query.model_copy(update={"name": find_key(tables, query.name).name})
            keys, total = page(tables, query)
            return read_versions(tables, keys), total

    def get(self, reference: str) -> ModelRow:
        """Return the version that a reference names; NotFoundError, with the nearest name, when there is none."""
        parse_model(reference)
        with self._reading() as tables:
            if tables is None:
                raise NotFoundError(f"there is no model {reference!r}")
            return read_version(tables, find_key(tables, reference))

    def create(self, new: NewVersion, *, check: Callable[[], None] = lambda: None) -> ModelRow:
        """Add a version, and return it.

        Parameters
        ----------
        new
            The version; without a number it gets the next one.
        check
            Is called while no other process can delete content; what it raises undoes everything.

        Raises
        ------
        ConflictError
            When the version exists, with it as ``current``; or its number is not above all that the model has had.
        """
        self._require_tables()
        for _ in range(_RETRIES):
            try:
                with writing(self._uri, _LOCK) as tables:
                    check()
                    version = self._next(tables, new)
                    insert_version(tables, new, version, _now_ms())
                    return read_version(tables, Key(new.name, version))
            except _duplicate(self._uri):  # on PostgreSQL, another client of MLflow takes no lock
                continue
        raise UnavailableError(f"too many processes register versions of model {new.name!r}: try again")

    def update(
        self, reference: str, changes: ModelUpdate, revision: int | None, *, user: str
    ) -> tuple[ModelRow, ModelRow]:
        """Change a version, and return it as it was and as it is.

        Raises
        ------
        InvalidInputError
            When the reference has neither a version nor an alias.
        ConflictError
            When `revision` is given and is not the current one.
        """
        self._require_tables()
        with writing(self._uri, _LOCK) as tables:
            key = find_key(tables, reference)
            before = read_version(tables, key)
            if parse_model(reference)[1:] == (None, None):
                raise InvalidInputError(
                    f"{reference!r} names no version, and each has fields of its own: write {key.name}:{key.version}"
                )
            if revision not in (None, before.revision):
                message = f"model {reference!r} has been changed: it has revision {before.revision}, not {revision}"
                raise ConflictError(message, current=model(before).model_dump(mode="json"))
            given, now_ms = changes.model_fields_set, _now_ms()
            if "tags" in given:
                public = {name: value for name, value in before.tags.items() if name != OWN_TAG}
                tags = merged_tags(public, changes.tags)
                require_few(tags)
                replace_tags(tables, key, public, tags)
            if "labels" in given:
                move_aliases(tables, key, before.aliases, changes.labels)
            if "stage" in given and (changes.stage or "None") != (before.stage or "None"):
                set_stage(tables, before, changes.stage or "None", user, now_ms)
            if "description" in given:
                set_description(tables, key, changes.description, now_ms)
            return before, read_version(tables, key)

    def set_archived(self, reference: str, *, archived: bool, user: str) -> tuple[ModelRow, bool, bool]:
        """Move a version, or all versions of a model, to the stage Archived or back to the one before.

        Returns
        -------
        tuple
            The version that the reference names then, whether anything has changed, and whether all were meant.
        """
        self._require_tables()
        with writing(self._uri, _LOCK) as tables:
            key = find_key(tables, reference)
            whole = parse_model(reference)[1:] == (None, None)
            query = f"SELECT v.version FROM model_versions v WHERE {LIVE} AND v.name = :name"
            keys = [Key(key.name, number) for (number,) in tables.ask(query, name=key.name)] if whole else [key]
            rows = [row for row in read_versions(tables, keys) if (row.stage == ARCHIVED) is not archived]
            for row in rows:
                before = row.own.get("stage_before", "None")
                stage = ARCHIVED if archived else "None" if before == ARCHIVED else before
                set_stage(tables, row, stage, user, _now_ms())
            return read_version(tables, find_key(tables, key.name) if whole else key), bool(rows), whole

    def delete(self, reference: str, remove: Callable[[Sequence[str]], None]) -> Deleted:
        """Delete a version, or a model; a model ends with its last version.

        Parameters
        ----------
        reference
            Names what to delete.
        remove
            Is given the locations that no other version refers to, while no other process can register one.
        """
        self._require_tables()
        with writing(self._uri, _LOCK) as tables:
            key = find_key(tables, reference)
            row = read_version(tables, key)
            of_model = f"SELECT v.version FROM model_versions v WHERE {LIVE} AND v.name = :name"
            keys = [Key(key.name, number) for (number,) in tables.ask(of_model, name=key.name)]
            whole = parse_model(reference)[1:] == (None, None) or keys == [key]
            rows = read_versions(tables, keys if whole else [key])
            if whole:
                delete_model(tables, key.name)
            else:
                delete_version(tables, key, _now_ms())
            remove([place for place in sorted({each.storage for each in rows}) if not is_used(tables, place)])
            return Deleted(model(row), whole)

    def remove_unused(self, location: str, remove: Callable[[Sequence[str]], None]) -> None:
        """Call `remove` with a location that no version refers to, while no other process can register it."""
        with writing(self._uri, _LOCK) as tables:
            if not is_used(tables, location):
                remove([location])

    def logged_model(self, model_id: str) -> tuple[str, str, str | None]:
        """Return name, location and run of a logged model; NotFoundError when there is none."""
        query = (
            "SELECT name, artifact_location, source_run_id FROM logged_models "
            "WHERE model_id = :id AND lifecycle_stage = 'active'"
        )
        with self._reading() as tables:
            found = tables.ask(query, id=model_id) if tables is not None else []
        if not found:
            raise NotFoundError(f"there is no logged model {model_id!r}")
        [(name, location, run_id)] = found
        return name, location, run_id

    def run_artifacts(self, run_id: str) -> str:
        """Return where the artifacts of a run are; NotFoundError when there is no such run."""
        with self._reading() as tables:
            query = "SELECT artifact_uri FROM runs WHERE run_uuid = :run"
            found = tables.ask(query, run=run_id) if tables is not None else []
        if not found:
            raise NotFoundError(f"there is no MLflow run {run_id!r}")
        return str(found[0][0])

    def states(self) -> dict[str, Hashable]:
        """Return, for each model, what differs after a change."""
        with self._reading() as tables:
            return {} if tables is None else model_states(tables)

    def foreign_versions(self, since_ms: int) -> Iterator[Sequence[ForeignVersion]]:
        """Yield the versions that other clients have registered since a time, the oldest first, in parts."""
        with self._reading() as tables:
            if tables is not None:
                yield from foreign_versions(tables, since_ms)

    def _next(self, tables: Tables, new: NewVersion) -> int:
        """Return the number of a new version."""
        query = f"SELECT MAX(version) FROM model_versions WHERE workspace = '{WORKSPACE}' AND name = :name"
        [(highest,)] = tables.ask(query, name=new.name)
        following = (highest or 0) + 1
        if new.version is None or new.version >= following:
            return new.version or following
        existing = read_versions(tables, [Key(new.name, new.version)])
        if existing:
            raise ConflictError(
                f"model {new.name!r} has a version {str(new.version)!r} already, and versions do not change: create "
                "another one, which gets the next number if you give none",
                current=model(existing[0]).model_dump(mode="json"),
            )
        raise ConflictError(
            f"model {new.name!r} has had versions up to {highest}, and numbers are not used again: create a version "
            f"above {highest} instead of {str(new.version)!r}, or give none"
        )

    @contextmanager
    def _reading(self) -> Iterator[Tables | None]:
        """Yield the tables; None if no program has used MLflow in this workspace yet."""
        if (file := sqlite_file(self._uri)) is not None and not file.exists():
            yield None
            return
        with closing(Tables(self._uri)) as tables:
            yield tables if tables.has("model_versions") else None

    def _require_tables(self) -> None:
        with self._reading() as tables:
            missing = tables is None
        if missing:
            self._prepare()


def _duplicate(uri: str) -> type[Exception]:
    """Return what the driver raises for a key that is taken."""
    if sqlite_file(uri) is not None:
        import sqlite3

        return sqlite3.IntegrityError
    import psycopg

    return psycopg.IntegrityError


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
