# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List, get, create, update, archive and delete resources of any kind; every change writes its event."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic_core import from_json, to_json
from sqlalchemy import and_, delete, exc, insert, select, update

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, nearest
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.reference_parts import as_text
from jupyter_ml.schemas.resources import LifecycleStage, ListQuery, Page, Resource
from jupyter_ml.schemas.tags import merged_tags, require_few
from jupyter_ml.store.columns import Json, check_size
from jupyter_ml.store.engine import is_duplicate
from jupyter_ml.store.events import event_row, first_revision, record
from jupyter_ml.store.paging import holds, in_stage, key_of, page_keys
from jupyter_ml.store.revisions import changed_since, with_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import JsonValue
    from sqlalchemy import ColumnElement, Connection, Row, Table

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.kinds import Kind
    from jupyter_ml.store.engine import Database
    from jupyter_ml.store.paging import Hint

__all__ = ["RECENT", "STAGE_EVENTS", "ResourceRows", "ResourceStore", "new_row"]

R = TypeVar("R", bound=Resource)
Q = TypeVar("Q", bound=ListQuery)

RECENT = 1_000
"""Newest names among which a near match to an unknown name is searched."""

STAGE_EVENTS = {LifecycleStage.ACTIVE: "restored", LifecycleStage.ARCHIVED: "archived"}
"""Changes by the stage that a resource has then."""


class ResourceRows(Generic[R, Q]):
    """Rows of one kind of resource.

    A subclass overrides `_read` where a resource is more than its row, `_page` and `_filters` where it is listed by
    more than the columns of every kind, `_change` where an update concerns more than its row,
    and `_event_data` where its events hold more.
    """

    def __init__(self, database: Database, kind: Kind[R, Q], table: Table) -> None:
        self._database = database
        self._kind = kind
        self._table = table
        self._key = key_of(table)

    def get(self, name: str) -> R:
        """Return a resource; NotFoundError, with the nearest name, when there is none."""
        with self._database.read() as connection:
            return self._read_one(connection, self._find(connection, name))

    def list(self, query: Q) -> Page[R]:
        """Return a page of the resources that match `query`."""
        with self._database.read() as connection:
            keys, total = self._page(connection, query)
            return Page(items=[*self._read(connection, keys)], total=total)

    def set_stage(self, name: str, stage: LifecycleStage) -> R:
        """Archive a resource or restore it; ConflictError while it is being deleted."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            self._check_stage(row)
            connection.execute(self._update(row).values(lifecycle_stage=stage))
            resource = self._read_one(connection, row)
            if row.lifecycle_stage != stage:
                self._record(connection, STAGE_EVENTS[stage], resource)
            return resource

    def update(self, name: str, changes: Schema, *, revision: int | None = None) -> R:
        """Change the fields of a resource that are set in `changes`, and return it.

        Raises
        ------
        ConflictError
            When one of these fields has changed since the given `revision`, with the resource as it is in ``current``;
            or while it is being deleted.
        """
        with self._database.write() as connection:
            row = self._find(connection, name)
            self._check_change(connection, row, name, revision, changes.model_fields_set)
            changed = self._change(connection, row, changes)
            return self._updated(connection, row, changed=changed)

    def _check_change(
        self, connection: Connection, row: Row[Any], name: str, revision: int | None, fields: Iterable[str]
    ) -> None:
        """Raise ConflictError if a row is being deleted, or one of some fields has changed since a revision."""
        self._check_stage(row)
        if revision is None:
            return
        if type(revision) is not int or revision < 1:
            raise InvalidInputError(f"revision: must be a whole number above 0 (got {revision!r})", field="revision")
        known = self._field_revisions(connection, row)
        if changed := changed_since(known, row.revision, revision, sorted(fields)):
            raise ConflictError(
                f"{self._kind.name.title} {name!r} has been changed: it has revision {row.revision}, not {revision}; "
                f"changed since: {', '.join(changed)}",
                current=from_json(to_json(self._read_one(connection, row).model_dump(), inf_nan_mode="strings")),
            )

    def _field_revisions(self, connection: Connection, row: Row[Any]) -> Mapping[str, int]:
        """Return the revision at which each field last changed."""
        del connection
        revisions: Mapping[str, int] = row.field_revisions
        return revisions

    def _updated(self, connection: Connection, row: Row[Any], *, changed: bool) -> R:
        resource = self._read_one(connection, row)
        if changed:
            self._record(connection, "updated", resource)
        return resource

    def _change(self, connection: Connection, row: Row[Any], changes: Schema) -> bool:
        """Update a row, and return whether it has changed."""
        given = self._values(changes, exclude_unset=True)
        if "tags" in given:
            given["tags"] = merged_tags(row.tags, given["tags"])
            require_few(given["tags"])
        return self._replace(connection, row, given)

    def _replace(self, connection: Connection, row: Row[Any], given: dict[str, Any]) -> bool:
        """Set the values of some columns, and return whether any has changed."""
        before = dict(row._mapping)  # noqa: SLF001 -- its public name
        after = before | given
        if after == before:
            return False
        changed = [field for field in given if after[field] != before[field]]
        revisions = with_changes(row.field_revisions, row.revision, changed)
        after |= {"revision": row.revision + 1, "field_revisions": revisions, "search": _search(after)}
        connection.execute(self._update(row).values(after))
        return True

    def _values(
        self, schema: Schema, *, exclude_unset: bool = False, exclude: set[str] | None = None
    ) -> dict[str, Any]:
        """Return the values of columns, by the fields of `schema`."""
        values, encoded = (
            schema.model_dump(mode=mode, exclude_unset=exclude_unset, exclude=exclude) for mode in ("python", "json")
        )
        for name, value in values.items():
            check_size(name, value, self._table.c[name].type)
        return {
            name: encoded[name] if isinstance(self._table.c[name].type, Json) else value
            for name, value in values.items()
        }

    def delete(self, name: str) -> None:
        """Remove a resource; ConflictError when another one refers to it."""
        with self._database.write() as connection:
            row = self._find(connection, name)
            resource = self._read_one(connection, row)
            try:
                connection.execute(delete(self._table).where(self._key == self._key_in(row)))
            except exc.IntegrityError as error:
                message = f"{self._kind.name.title} {name!r} is in use: {self._users(resource)}"
                raise ConflictError(message) from error
            self._record(connection, "deleted", resource)

    def _users(self, resource: R) -> str:  # noqa: ARG002 -- for kinds that know more
        """Return what refers to a resource that therefore cannot be deleted, and what to do."""
        return "delete what refers to it first"

    def _find(self, connection: Connection, name: str) -> Row[Any]:
        """Return the row of a resource; NotFoundError when there is none."""
        return self._find_in(connection, self._table, name)

    def _find_in(self, connection: Connection, table: Table, name: str) -> Row[Any]:
        """Return the row with a name; NotFoundError with the nearest of the newest names when there is none."""
        row = connection.execute(select(table).where(table.c.name == as_text(name))).first()
        if row is None:
            newest = select(table.c.name).order_by(table.c.created_at.desc()).limit(RECENT)
            suggestion = nearest(name, connection.scalars(newest))
            raise NotFoundError(f"there is no {self._kind.name.title} {name!r}{suggestion}")
        return row

    def _check_stage(self, row: Row[Any]) -> None:
        if row.lifecycle_stage & LifecycleStage.DELETING:
            raise ConflictError(f"{self._kind.name.title} {row.name!r} is being deleted: withdraw that request first")

    def _read(self, connection: Connection, keys: Sequence[Any]) -> Sequence[R]:
        """Return the resources with these keys, in this order."""
        rows = connection.execute(select(self._table).where(self._key.in_(keys)))
        found = {self._key_in(row): self._resource(row) for row in rows}
        return [found[key] for key in keys]

    def _resource(self, row: Row[Any], **more: Any) -> R:
        values = {name: value for name, value in row._mapping.items() if name in self._kind.model.model_fields}  # noqa: SLF001 -- its public name
        archived = bool(row.lifecycle_stage & LifecycleStage.ARCHIVED)
        return self._kind.model.model_validate({**values, "archived": archived, **more})

    def _page(self, connection: Connection, query: Q) -> tuple[Sequence[Any], int]:
        """Return the keys of a page of resources, and how many resources match."""
        return page_keys(connection, self._table, partial(self._filters, self._table, query), query)

    def _filters(self, table: Table, query: Q, hint: Hint) -> ColumnElement[bool]:
        return and_(in_stage(table, query, hint), *(holds(table, term, hint) for term in query.terms))

    def _event_data(self, resource: R) -> dict[str, JsonValue]:
        return {"archived": resource.archived}

    def _read_one(self, connection: Connection, row: Row[Any]) -> R:
        [resource] = self._read(connection, [self._key_in(row)])
        return resource

    def _key_in(self, row: Row[Any]) -> Any:
        return row._mapping[self._key]  # noqa: SLF001 -- its public name

    def _update(self, row: Row[Any]) -> Any:
        return update(self._table).where(self._key == self._key_in(row))

    def _record(self, connection: Connection, change: str, resource: R, **more: JsonValue) -> None:
        kind, data = self._kind.singular, {**self._event_data(resource), **more}
        record(connection, [event_row(f"{kind}_{change}", kind, resource.name, data)])


class ResourceStore(ResourceRows[R, Q]):
    """Rows of one kind of resource that clients create."""

    def create(self, spec: Schema, **more: Any) -> R:
        """Add a resource, and return it; ConflictError when its name is taken.

        Parameters
        ----------
        spec
            Its fields that the client gives.
        **more
            Its other fields.
        """
        with self._database.write() as connection:
            row = new_row({**self._values(spec), **more}, first_revision(connection))
            try:
                connection.execute(insert(self._table), row)
            except exc.IntegrityError as error:
                if not is_duplicate(error):
                    raise
                message = f"there is already {self._kind.name.one} {row['name']!r}: choose another name"
                raise ConflictError(message) from error
            return self._created(connection, row["name"])

    def save(self, spec: Schema, *, revision: int | None = None) -> tuple[R, bool]:
        """Add a resource, or replace its values by those of `spec`; return it, and whether it is new.

        Raises
        ------
        NotFoundError
            When `revision` is given and there is none.
        ConflictError
            As for `update`.
        """
        with self._database.write() as connection:
            given = self._values(spec)
            row = connection.execute(select(self._table).where(self._table.c.name == given["name"])).first()
            if row is None and revision is not None:
                row = self._find(connection, given["name"])
            if row is None:
                connection.execute(insert(self._table), new_row(given, first_revision(connection)))
                return self._created(connection, given["name"]), True
            self._check_change(connection, row, row.name, revision, given)
            changed = self._replace(connection, row, given)
            return self._updated(connection, row, changed=changed), False

    def _created(self, connection: Connection, name: str) -> R:
        resource = self._read_one(connection, self._find(connection, name))
        self._record(connection, "created", resource)
        return resource


def new_row(values: dict[str, Any], revision: int) -> dict[str, Any]:
    """Return the row of a resource that is created now."""
    return {**values, "created_at": now(), "revision": revision, "search": _search(values)}


def _search(row: dict[str, Any]) -> str:
    return "\n".join(filter(None, [row["name"], row.get("description")])).casefold()
