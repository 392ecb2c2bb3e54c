# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Throw-away kinds of resources, of two words and with versions: each is one declaration and its tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field
from sqlalchemy import BigInteger, MetaData
from sqlalchemy import Column as Stored

from jupyter_ml.schemas import names, registry
from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.base import Schema, fixed_keys
from jupyter_ml.schemas.kinds import Column, Kind, Kinds
from jupyter_ml.schemas.names import OPERATIONS, KindName
from jupyter_ml.schemas.resources import EditableResource, ListQuery, ResourceCreate
from jupyter_ml.store.assets import AssetStore
from jupyter_ml.store.columns import Json
from jupyter_ml.store.resource_tables import asset_tables, resource_table

if TYPE_CHECKING:
    import pytest

    from jupyter_ml.store import Store

metadata = MetaData()


class NoteUpdate(Schema):
    """What to change of a note."""

    description: str | None = None
    pages: int | None = None
    tags: dict[str, str | None] = Field(default={})


class NoteCreate(ResourceCreate):
    """A note to create."""

    pages: int | None = None
    tags: dict[str, str] = Field(default={})


class Note(EditableResource):
    """A note about the work."""

    pages: int | None = None
    tags: dict[str, str] = Field(default={})


class NoteQuery(ListQuery):
    """Which notes to list."""

    sort: Literal["name", "created_at", "pages"] = "created_at"


NOTE: Kind[Note, NoteQuery] = Kind(
    name=KindName("note", "notes", "thoughts about the work", OPERATIONS),
    model=Note,
    query=NoteQuery,
    spec=NoteCreate,
    changes=NoteUpdate,
    columns=(Column("name"), Column("pages", align="right")),
)

notes = resource_table(
    "notes", metadata, Stored("pages", BigInteger), Stored("tags", Json, nullable=False), sort=("created_at", "pages")
)

ENDPOINT = replace(NOTE, name=KindName("online_endpoint", "online_endpoints", "URLs at which models answer"))

online_endpoints = resource_table(
    "online_endpoints",
    metadata,
    Stored("pages", BigInteger),
    Stored("tags", Json, nullable=False),
    sort=("created_at", "pages"),
)


class PaperCreate(AssetCreate):
    """A version of a paper to create."""

    pages: int | None = None


class PaperUpdate(AssetUpdate):
    """What to change of a version of a paper."""

    key_hints = fixed_keys(PaperCreate, "create another version")


class Paper(VersionedAsset):
    """A version of a paper about the work."""

    pages: int | None = None


PAPER: Kind[Paper, AssetQuery] = Kind(
    name=KindName("paper", "papers", "texts about the work", versioned=True),
    model=Paper,
    query=AssetQuery,
    spec=PaperCreate,
    changes=PaperUpdate,
    columns=(Column("name"), Column("version")),
)

papers = asset_tables("papers", metadata, Stored("pages", BigInteger))


def paper_store(store: Store) -> AssetStore[Paper, AssetQuery]:
    """Return the papers in the database of a store, which gets their tables."""
    create_tables(store)
    return AssetStore(store._database, PAPER, papers)


def create_tables(store: Store) -> None:
    """Add the tables of the throw-away kinds to the database of a store."""
    with store._database.write() as connection:
        metadata.create_all(connection)


def declare(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    """Add the throw-away kinds to those of the package, and empty tables of them to the database of a store."""
    declared = (NOTE, ENDPOINT, PAPER)
    monkeypatch.setattr(registry, "KINDS", Kinds(*registry.KINDS.values(), *declared))
    monkeypatch.setattr(names, "NAMES", (*names.NAMES, *(kind.name for kind in declared)))
    monkeypatch.setattr("jupyter_ml.store.store.metadata", metadata)
    with store._database.write() as connection:
        metadata.drop_all(connection)  # another test that shares the workspace has created them
    create_tables(store)
