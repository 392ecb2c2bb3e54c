# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A throw-away kind of resource, and one with versions: each is one declaration and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field
from sqlalchemy import BigInteger, MetaData
from sqlalchemy import Column as Stored

from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.names import KindName
from jupyter_ml.schemas.resources import EditableResource, ListQuery
from jupyter_ml.store.assets import AssetStore
from jupyter_ml.store.columns import Json
from jupyter_ml.store.resource_tables import asset_tables, resource_table

if TYPE_CHECKING:
    from jupyter_ml.store import Store

metadata = MetaData()


class NoteUpdate(Schema):
    """What to change of a note."""

    description: str | None = None
    pages: int | None = None
    tags: dict[str, str | None] = Field(default={})


class NoteCreate(Schema):
    """A note to create."""

    name: str
    description: str | None = None
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
    name=KindName("note", "notes", "thoughts about the work"),
    model=Note,
    query=NoteQuery,
    spec=NoteCreate,
    changes=NoteUpdate,
    columns=(Column("name", lambda note: note.name), Column("pages", lambda note: str(note.pages or ""), "right")),
)

notes = resource_table(
    "notes", metadata, Stored("pages", BigInteger), Stored("tags", Json, nullable=False), sort=("created_at", "pages")
)


class PaperCreate(AssetCreate):
    """A version of a paper to create."""

    pages: int | None = None


class Paper(VersionedAsset):
    """A version of a paper about the work."""

    pages: int | None = None


PAPER: Kind[Paper, AssetQuery] = Kind(
    name=KindName("paper", "papers", "texts about the work", versioned=True),
    model=Paper,
    query=AssetQuery,
    spec=PaperCreate,
    changes=AssetUpdate,
    columns=(Column("name", lambda paper: paper.name), Column("version", lambda paper: paper.version)),
)

papers = asset_tables("papers", metadata, Stored("pages", BigInteger))


def paper_store(store: Store) -> AssetStore[Paper, AssetQuery]:
    """Return the papers in the database of a store, which gets their tables."""
    with store._database.write() as connection:
        metadata.create_all(connection)
    return AssetStore(store._database, PAPER, papers)
