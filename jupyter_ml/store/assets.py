# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The rows of a kind of versioned asset: create, read, update and delete versions, move labels.

The row of an asset holds what lists need of its latest version, so that a list of assets takes as long however many
versions there are.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import and_, delete, exc, insert, select, update

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, nearest
from jupyter_ml.schemas.assets import AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.lineage import NodeId, creator_of
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import LATEST, AssetRef
from jupyter_ml.store.crud import RECENT, STAGE_EVENTS, ResourceStore, new_row
from jupyter_ml.store.events import first_revision
from jupyter_ml.store.lineage import add_edge
from jupyter_ml.store.paging import page_keys
from jupyter_ml.store.revisions import with_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from sqlalchemy import ColumnElement, Connection, Row

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.kinds import Kind
    from jupyter_ml.schemas.resources import LifecycleStage
    from jupyter_ml.store.engine import Database
    from jupyter_ml.store.paging import Hint
    from jupyter_ml.store.resource_tables import AssetTables

__all__ = ["AssetStore"]

A = TypeVar("A", bound=VersionedAsset)
Q = TypeVar("Q", bound=AssetQuery)

_LONGEST_NUMBER = 15
"""Digits of the highest version that counts as a number; those after it have fewer than the 19 of 64 bits."""
_ALL_VERSIONS: dict[str, JsonValue] = {"version": None, "labels": []}
"""In the data of an event about all versions of an asset."""


class AssetStore(ResourceStore[A, Q]):
    """Versions of the assets of one kind.

    What is a name elsewhere is a reference here: ``NAME`` is the latest version, and all versions where they are
    archived, restored or deleted; ``NAME:VERSION`` and ``NAME@LABEL`` are one version.
    """

    def __init__(self, database: Database, kind: Kind[A, Q], tables: AssetTables) -> None:
        super().__init__(database, kind, tables.versions)
        self._assets = tables.assets

    def create(self, spec: Schema, **more: Any) -> A:
        """Add a version, and return it; ConflictError, with the version that there is, when it is taken."""
        with self._database.write() as connection:
            row = new_row({**self._values(spec), **more}, first_revision(connection))
            columns = self._assets.c
            asset = connection.execute(select(self._assets).where(columns.name == row["name"])).first()
            if asset is None:
                empty = {"name": row["name"], "latest_id": 0, "next_version": 1, "labels": {}}
                connection.execute(insert(self._assets), new_row(empty, row["revision"]))
            following = self._set_version(connection, row, asset)
            connection.execute(insert(self._table), row)
            connection.execute(update(self._assets).where(columns.name == row["name"]).values(next_version=following))
            self._refresh(connection, row["name"])
            version = self._find(connection, f"{row['name']}:{row['version']}")
            self._set_labels(connection, version, spec.labels)  # type: ignore[attr-defined]  # an AssetCreate
            resource = self._read_one(connection, version)
            self._record(connection, "created", resource)
            creator = creator_of(resource.source)
            if creator is not None:
                made = NodeId(self._kind.singular, resource.name, resource.version)
                add_edge(connection, creator, made, "output")
            return resource

    def set_stage(self, name: str, stage: LifecycleStage) -> A:
        """Archive or restore a version, or all versions of an asset."""
        with self._database.write() as connection:
            reference = self._parse(name)
            row = self._find(connection, name)
            columns = self._table.c
            chosen = columns.name == row.name if reference.is_whole else columns.id == row.id
            others = update(self._table).where(chosen, columns.lifecycle_stage != stage)
            changed = connection.execute(others.values(lifecycle_stage=stage)).rowcount
            self._refresh(connection, row.name)
            resource = self._read_one(connection, self._find(connection, name))
            if changed:
                extent = _ALL_VERSIONS if reference.is_whole else {}
                self._record(connection, STAGE_EVENTS[stage], resource, **extent)
            return resource

    def update(self, name: str, changes: Schema, *, revision: int | None = None) -> A:
        """Change the fields of a version; InvalidInputError for a name without a version or a label."""
        if self._parse(name).is_whole:
            with self._database.read() as connection:
                latest = self._find(connection, name).version
            raise InvalidInputError(f"{name!r} names no version, and each has fields of its own: write {name}:{latest}")
        return super().update(name, changes, revision=revision)

    def delete(self, name: str) -> None:
        """Remove a version, or an asset; an asset ends with its last version. ConflictError when it is in use."""
        with self._database.write() as connection:
            reference = self._parse(name)
            row = self._find(connection, name)
            resource = self._read_one(connection, row)
            ids = select(self._table.c.id).where(self._table.c.name == row.name).limit(2)
            whole = reference.is_whole or len(connection.scalars(ids).all()) == 1
            table, key = (self._assets, self._assets.c.name) if whole else (self._table, self._table.c.id)
            try:
                connection.execute(delete(table).where(key == row._mapping[key.name]))  # noqa: SLF001 -- its public name
            except exc.IntegrityError as error:
                message = f"{self._kind.name.title} {reference.short!r} is in use: {self._users(resource)}"
                raise ConflictError(message) from error
            if whole:
                self._record(connection, "deleted", resource, **_ALL_VERSIONS)
                return
            self._set_labels(connection, row, [])
            self._refresh(connection, row.name)
            self._record(connection, "version_deleted", resource)

    def _parse(self, text: str) -> AssetRef:
        """Return a reference to an asset of this kind in this workspace."""
        reference = AssetRef.parse(text)
        if reference.kind not in (None, self._kind.plural):
            raise InvalidInputError(f"{text!r} is one of the {reference.kind}, not of the {self._kind.plural}")
        return require_here(reference, None)

    def _find(self, connection: Connection, name: str) -> Row[Any]:
        """Return the row of a version; NotFoundError when there is none."""
        reference = self._parse(name)
        asset = self._find_asset(connection, reference)
        columns = self._table.c
        if reference.version is None and reference.label in (None, LATEST):
            return connection.execute(select(self._table).where(columns.id == asset.latest_id)).one()
        version = reference.version or asset.labels.get(reference.label)
        if version is None:
            suggestion = nearest(str(reference.label), [LATEST, *asset.labels])
            raise NotFoundError(f"{self._kind.name.title} {asset.name!r} has no label {reference.label!r}{suggestion}")
        row = connection.execute(
            select(self._table).where(columns.name == asset.name, columns.version == version)
        ).first()
        if row is None:
            raise self._no_version(connection, asset.name, version)
        return row

    def _find_asset(self, connection: Connection, reference: AssetRef) -> Row[Any]:
        return self._find_in(connection, self._assets, reference.name)

    def _no_version(self, connection: Connection, name: str, version: str) -> NotFoundError:
        columns = self._table.c
        newest = select(columns.version).where(columns.name == name).order_by(columns.id.desc()).limit(RECENT)
        versions = connection.scalars(newest).all()
        what = f"{self._kind.name.title} {name!r} has no version {version!r}{nearest(version, versions)}"
        return NotFoundError(f"{what}; the newest one is {versions[0]!r}")

    def _set_version(self, connection: Connection, row: dict[str, Any], asset: Row[Any] | None) -> int:
        """Set the version of a row that has none, and return the number after the highest of the asset.

        Raises
        ------
        ConflictError
            When the version exists, or is a number that is not above all that the asset has had: a deleted version is
            not replaced by another one.
        """
        following: int = asset.next_version if asset else 1
        number = following if row["version"] is None else _number(row["version"])
        row["version"] = row["version"] or str(following)
        self._require_new(connection, row)
        if number is None:
            return following
        if asset is not None and number < following:
            highest = following - 1
            raise ConflictError(
                f"{self._kind.name.title} {row['name']!r} has had versions up to {highest}, and numbers are not used "
                f"again: create a version above {highest} instead of {row['version']!r}, or give none"
            )
        return max(following, number + 1)

    def _require_new(self, connection: Connection, row: dict[str, Any]) -> None:
        """Raise ConflictError if the version of a row exists."""
        columns = self._table.c
        exists = select(self._table).where(columns.name == row["name"], columns.version == row["version"])
        existing = connection.execute(exists).first()
        if existing is not None:
            raise ConflictError(
                f"{self._kind.name.title} {row['name']!r} has a version {row['version']!r} already, and versions "
                "do not change: create another one, which gets the next number if you give none",
                current=self._read_one(connection, existing).model_dump(mode="json"),
            )

    def _page(self, connection: Connection, query: Q) -> tuple[Sequence[Any], int]:
        if query.name is not None:
            asset = self._find_asset(connection, self._parse(query.name))
            return page_keys(connection, self._table, partial(self._filters_of, asset.name, query), query)
        columns = self._assets.c
        names, total = page_keys(connection, self._assets, partial(self._filters, self._assets, query), query)
        latest = select(columns.name, columns.latest_id).where(columns.name.in_(names))
        ids = {row.name: row.latest_id for row in connection.execute(latest)}
        return [ids[name] for name in names], total

    def _filters_of(self, name: str, query: Q, hint: Hint) -> ColumnElement[bool]:
        return and_(self._table.c.name == name, self._filters(self._table, query, hint))

    def _read(self, connection: Connection, keys: Sequence[Any]) -> Sequence[A]:
        asset = self._assets.c
        query = (
            select(self._table, asset.latest_id, asset.labels)
            .join(self._assets, asset.name == self._table.c.name)
            .where(self._key.in_(keys))
        )
        found = {row.id: self._version(row) for row in connection.execute(query)}
        return [found[key] for key in keys]

    def _version(self, row: Row[Any]) -> A:
        labels = sorted(label for label, version in row.labels.items() if version == row.version)
        return self._resource(row, labels=labels, latest=row.id == row.latest_id)

    def _change(self, connection: Connection, row: Row[Any], changes: Schema) -> bool:
        assert isinstance(changes, AssetUpdate)
        moved = "labels" in changes.model_fields_set and self._set_labels(connection, row, changes.labels)
        changed = super()._change(connection, row, changes)
        if moved and not changed:
            revisions = with_changes(row.field_revisions, row.revision, ["labels"])
            connection.execute(self._update(row).values(revision=row.revision + 1, field_revisions=revisions))
        if changed:
            self._refresh(connection, row.name)
        return moved or changed

    def _set_labels(self, connection: Connection, row: Row[Any], labels: Sequence[str]) -> bool:
        """Give a version exactly these labels, and return whether they have changed."""
        asset = self._assets.c
        before = connection.scalars(select(asset.labels).where(asset.name == row.name)).one()
        others = {label: version for label, version in before.items() if version != row.version}
        after = {**others, **dict.fromkeys(labels, row.version)}
        connection.execute(update(self._assets).where(asset.name == row.name).values(labels=after))
        return bool(after != before)

    def _refresh(self, connection: Connection, name: str) -> None:
        """Copy into the row of an asset what lists need of its latest version: the newest one that is not archived."""
        columns = self._table.c
        newest = select(self._table).where(columns.name == name).order_by(columns.lifecycle_stage, columns.id.desc())
        latest = connection.execute(newest.limit(1)).one()
        copied = {key: latest._mapping[key] for key in ("description", "created_at", "lifecycle_stage", "search")}  # noqa: SLF001 -- its public name
        values = {**copied, "latest_id": latest.id}
        connection.execute(update(self._assets).where(self._assets.c.name == name).values(values))

    def _values(
        self, schema: Schema, *, exclude_unset: bool = False, exclude: set[str] | None = None
    ) -> dict[str, Any]:
        return super()._values(schema, exclude_unset=exclude_unset, exclude={"labels", *(exclude or ())})

    def _event_data(self, resource: A) -> dict[str, JsonValue]:
        return {**super()._event_data(resource), "version": resource.version, "labels": [*resource.labels]}


def _number(version: str) -> int | None:
    """Return a version as a number; None for a word."""
    return int(version) if version.isascii() and version.isdecimal() and len(version) <= _LONGEST_NUMBER else None
