# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The tables of a kind of resource, with the columns and indexes that every kind has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, SmallInteger, Table, UniqueConstraint

from jupyter_ml.schemas.declared_models import wrong_types
from jupyter_ml.schemas.resources import ListQuery
from jupyter_ml.store.columns import CodepointText, Id, Json, Timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ml.schemas.kinds import Kind

__all__ = ["AssetTables", "asset_tables", "require_tables", "resource_table"]


def resource_table(name: str, metadata: MetaData, *columns: Column[Any], sort: Sequence[str]) -> Table:
    """Return the table of a kind whose resources clients create, update and list.

    Parameters
    ----------
    name
        Of the table.
    metadata
        Collection that the table is added to.
    columns
        What the kind has besides the columns of every resource.
    sort
        Columns by which lists are sorted: each gets an index, which also holds what lists filter by.
    """
    return Table(
        name,
        metadata,
        Column("name", CodepointText, primary_key=True),
        Column("description", CodepointText),
        Column("created_at", Timestamp, nullable=False),
        Column("lifecycle_stage", SmallInteger, nullable=False, server_default="0"),
        Column("revision", Integer, nullable=False, server_default="1"),
        Column("field_revisions", Json, nullable=False, server_default="{}"),
        Column("search", CodepointText, nullable=False, server_default=""),  # casefolded: SQLite folds ASCII only
        *columns,
        Index(f"ix_{name}_lifecycle_stage", "lifecycle_stage"),
        *(Index(f"ix_{name}_{column}", column, "name", "lifecycle_stage") for column in sort),
    )


class AssetTables(NamedTuple):
    """The tables of a kind of versioned asset."""

    assets: Table
    """One row for each name, with what lists of the newest versions filter and sort by."""
    versions: Table


def asset_tables(name: str, metadata: MetaData, *columns: Column[Any]) -> AssetTables:
    """Return the tables of a kind of versioned asset.

    Parameters
    ----------
    name
        Of the table of assets; that of their versions has ``_versions`` after it.
    metadata
        Collection that the tables are added to.
    columns
        What a version of the kind has besides the columns of every version.
    """
    assets = resource_table(
        name,
        metadata,
        Column("latest_id", Id, nullable=False),
        Column("next_version", BigInteger, nullable=False),
        Column("labels", Json, nullable=False),
        sort=("created_at",),
    )
    versions = f"{name}_versions"
    return AssetTables(
        assets,
        Table(
            versions,
            metadata,
            Column("id", Id, primary_key=True),
            Column("name", CodepointText, ForeignKey(f"{name}.name", ondelete="CASCADE"), nullable=False),
            Column("version", CodepointText, nullable=False),
            Column("description", CodepointText),
            Column("created_at", Timestamp, nullable=False),
            Column("created_by", CodepointText, nullable=False),
            Column("lifecycle_stage", SmallInteger, nullable=False, server_default="0"),
            Column("revision", Integer, nullable=False, server_default="1"),
            Column("field_revisions", Json, nullable=False, server_default="{}"),
            Column("search", CodepointText, nullable=False),
            Column("tags", Json, nullable=False),
            Column("properties", Json, nullable=False),
            Column("source", Json),
            *columns,
            UniqueConstraint("name", "version"),
            Index(f"ix_{versions}_lifecycle_stage", "name", "lifecycle_stage", "id"),
            Index(f"ix_{versions}_created_at", "name", "created_at", "id", "lifecycle_stage"),
            sqlite_autoincrement=True,
        ),
    )


def require_tables(kind: Kind[Any, Any], metadata: MetaData) -> None:
    """Raise TypeError if the generic store cannot store the resources of a kind in the tables that there are."""
    versions = f"{kind.plural}_versions"
    names = (kind.plural, versions) if kind.name.versioned else (kind.plural,)
    for name in names:
        if name not in metadata.tables:
            remedy = "declare it in store/tables.py, and write a migration"
            raise TypeError(f"kind {kind.singular!r}: there is no table {name!r}: {remedy}")
    columns = metadata.tables[names[-1]].columns.keys()
    models = [model for model in (kind.spec, kind.changes) if model is not None]
    fields = {field for model in models for field in model.model_fields} - {"labels"}
    if missing := fields - {*columns}:
        remedy = "add it in store/tables.py, and write a migration"
        raise TypeError(f"kind {kind.singular!r}: the table {names[-1]!r} has no column {min(missing)!r}: {remedy}")
    for mistake in (mistake for model in models for mistake in wrong_types(kind.model, model)):
        raise TypeError(f"kind {kind.singular!r}: {mistake}")
    _require_indexes(kind, metadata.tables[names[0]])
    for key in kind.query.filter_keys:
        if key not in ListQuery.filter_keys:
            remedy = "give the kind a store of its own, whose `_filters` does"
            raise TypeError(f"kind {kind.singular!r}: no store of every kind finds {key.example!r}: {remedy}")


def _require_indexes(kind: Kind[Any, Any], table: Table) -> None:
    """Raise TypeError if a list would be sorted without an index."""
    indexed = {index.columns.keys()[0] for index in table.indexes} | {*table.primary_key.columns.keys()}
    for column in get_args(kind.query.model_fields["sort"].annotation):
        if column not in indexed:
            remedy = "add it to `sort` of the table in store/tables.py, and write a migration"
            raise TypeError(f"kind {kind.singular!r}: the table {table.name!r} has no index for {column!r}: {remedy}")
