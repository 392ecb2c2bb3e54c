# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kind that is declared wrongly fails at once, with the name of the mistake."""

from __future__ import annotations

import runpy
from dataclasses import replace
from typing import Literal

import pytest
from sqlalchemy import BigInteger, MetaData
from sqlalchemy import Column as Stored

from jupyter_ml.schemas import registry
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.filters import FilterKey
from jupyter_ml.schemas.kinds import Column, Kinds
from jupyter_ml.schemas.names import NAMES, OPERATIONS, KindName
from jupyter_ml.schemas.registry import KINDS
from jupyter_ml.schemas.resources import ListQuery, Resource, ResourceCreate
from jupyter_ml.schemas.text import ResourceName
from jupyter_ml.services import workspace
from jupyter_ml.store import Store
from jupyter_ml.store.columns import Json
from jupyter_ml.store.resource_tables import require_tables, resource_table
from tests.kinds import ENDPOINT, NOTE, PAPER, Note, NoteQuery


class Fixed(Resource):
    """A resource that cannot be updated."""


class BySize(ListQuery):
    """A query that sorts by what a note has not."""

    sort: Literal["name", "size"] = "name"


class ByDefault(ListQuery):
    """A query whose default is not one of its values."""

    sort: Literal["name", "pages"] = "created_at"


class Pages(Schema):
    """Changes of what a note has not."""

    sheets: int


class Renamed(Schema):
    """Changes of what does not change."""

    name: str


class Archived(ResourceCreate):
    """A note that is created in the archive."""

    archived: bool


class Searched(Schema):
    """Changes of a column that is not a field."""

    search: str


class WordsForPages(Schema):
    """Changes of a number to a text."""

    pages: str | None = None


class TwoKeys(NoteQuery):
    """A query whose filter has a key twice."""

    filter_keys = (*ListQuery.filter_keys, *ListQuery.filter_keys)


class BySheets(NoteQuery):
    """A query whose filter has a key that no store of every kind finds by."""

    filter_keys = (*ListQuery.filter_keys, FilterKey("sheets", "Sheets", "sheets:3"))


class AnyName(ResourceCreate):
    """A note that may have any name."""

    name: str


class NoName(ResourceCreate):
    """A note that may have no name."""

    name: ResourceName = "note"


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (
            {"columns": (Column("sizes"),)},
            "kind 'note': the column 'sizes' has no text, and Note has no field 'sizes'",
        ),
        ({"columns": (Column("size", field="page"),)}, r"Note has no field 'page' \(did you mean 'pages'\?\)"),
        ({"columns": (Column("name", "pages"),)}, "the text of the column 'name' is 'pages', not a function"),
        ({"columns": (Column("name", align="middle"),)}, "'name' is aligned to 'middle', not to 'left' or 'right'"),
        ({"columns": (Column(" ", str),)}, "a column has no title, but ' '"),
        ({"columns": (Column(None),)}, "a column has no title, but None"),
        ({"columns": ("name",)}, r"'name' is not a column: write Column\(TITLE\)"),
        ({"columns": (Column("name", field=3),)}, "the field of the column 'name' is 3, not the name of a field"),
        ({"query_columns": None}, "query_columns is None, not a function"),
        ({"extra_event_types": ("Read It",)}, "the event type 'Read It' is not a name in lower case"),
        ({"extra_event_types": (3,)}, "the event type 3 is not a name in lower case"),
        ({"extra_event_types": ("read", "read")}, "the event type 'note_read' is there twice"),
        ({"extra_event_types": ("created",)}, "the event type 'note_created' is there twice"),
        ({"changes": Renamed}, "Renamed has the field 'name', which clients do not set: remove it"),
        ({"changes": Archived}, "Archived has the field 'archived', which clients do not set: remove it"),
        ({"spec": Archived}, "Archived has the field 'archived', which clients do not set: remove it"),
        ({"changes": Searched}, "Searched has the field 'search', which clients do not set: remove it"),
        ({"query": TwoKeys}, "TwoKeys has two filter keys 'is'"),
        ({"spec": AnyName}, "AnyName takes any text as a name, or none: leave its field 'name' to ResourceCreate"),
        ({"spec": NoName}, "NoName takes any text as a name, or none"),
        ({"model": None}, "model is None, not a subclass of Resource"),
        ({"query": None}, "query is None, not a subclass of ListQuery"),
        ({"event": None}, "event is None, not a subclass of Event"),
        ({"name": "note"}, "kind 'note': its name is not a KindName: add one to schemas/names.py"),
        ({"columns": ()}, "is listed and has no columns"),
        ({"columns": [Column("name")]}, "columns is list, not a tuple"),
        ({"columns": (Column("a", str), Column("A ", repr))}, "two columns have the title 'a'"),
        ({"extra_event_types": "read"}, "extra_event_types is str, not a tuple"),
        ({"spec": None}, "the operation 'create' and 'spec' belong together"),
        (
            {"name": replace(NOTE.name, operations=OPERATIONS - {"update"})},
            "the operation 'update' and 'changes' belong together",
        ),
        ({"spec": NOTE.changes}, "spec is NoteUpdate, not a subclass of ResourceCreate"),
        ({"changes": Pages}, "Pages has fields that Note has not: sheets"),
        ({"model": Fixed}, "Fixed is not an EditableResource"),
        ({"query": int}, "query is int, not a subclass of ListQuery"),
        ({"model": Pages}, "model is Pages, not a subclass of Resource"),
        ({"changes": "x"}, "changes is 'x', not a subclass of Schema"),
        ({"event": Note}, "event is Note, not a subclass of Event"),
        ({"query": ListQuery}, "ListQuery sorts by any text: declare sort as a Literal of fields"),
        ({"query": BySize}, "BySize sorts by 'size', which Note does not have"),
        ({"query": ByDefault}, "ByDefault sorts by 'created_at' by default, which is not one of name, pages"),
    ],
)
def test_a_wrong_declaration_names_its_mistake(change, mistake):
    with pytest.raises(TypeError, match=mistake):
        replace(NOTE, **change)


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (
            {"model": Note, "spec": NOTE.spec},
            "kind 'paper': is versioned, but Note is not a subclass of VersionedAsset",
        ),
        ({"query": NOTE.query}, "is versioned, but NoteQuery is not a subclass of AssetQuery"),
        ({"spec": NOTE.spec}, "is versioned, but NoteCreate is not a subclass of AssetCreate"),
        ({"changes": Schema}, "is versioned, but Schema is not a subclass of AssetUpdate"),
        ({"name": replace(PAPER.name, versioned=False)}, "Paper has versions, but the kind is not versioned"),
    ],
)
def test_a_versioned_kind_is_declared_with_the_models_of_assets(change, mistake):
    with pytest.raises(TypeError, match=mistake):
        replace(PAPER, **change)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"plural": "other"}, "note"), ({"singular": "other"}, "notes"), ({"singular": "notes", "plural": "x"}, "notes")],
)
def test_two_kinds_do_not_share_a_name(change, name):
    with pytest.raises(TypeError, match=f"'{name}' is a name of 'note' too: change one"):
        Kinds(NOTE, replace(NOTE, name=replace(NOTE.name, **change)))


def kind(singular, plural, **changes):
    operations = OPERATIONS - {"delete"}
    return replace(NOTE, name=KindName(singular, plural, "more thoughts", operations), **changes)


@pytest.mark.parametrize("singular", ["paper_version", "paper_versions", "papers_version", "papers_versions"])
def test_a_kind_has_no_name_of_the_versions_of_another(singular):
    other = kind(singular, "others")
    for kinds in ((PAPER, other), (other, PAPER)):
        with pytest.raises(TypeError, match=f"kind '.*': '{singular}' is a name of '.*' too"):
            Kinds(*kinds)


def test_two_kinds_do_not_share_an_event_type():
    one, other = kind("note", "notes", extra_event_types=("book_created",)), kind("note_book", "note_books")
    with pytest.raises(TypeError, match="kind 'note_book': its event type 'note_book_created' is one of 'note' too"):
        Kinds(one, other)


def test_a_kind_is_declared_by_kind():
    with pytest.raises(TypeError, match="'note' is not a kind: declare it by Kind"):
        Kinds("note")


@pytest.mark.parametrize(
    ("declared", "mistake"),
    [
        (kind("leaf", "leaves"), "kind 'leaf': there is no table 'leaves': declare it in store/tables.py"),
        (PAPER, "kind 'paper': there is no table 'papers'"),
    ],
)
def test_a_kind_that_has_neither_code_nor_tables_fails_at_import(monkeypatch, declared, mistake):
    monkeypatch.setattr(registry, "KINDS", Kinds(declared))
    with pytest.raises(TypeError, match=mistake):
        runpy.run_path(workspace.__file__)


def test_the_table_of_a_kind_has_its_fields():
    datum = kind("datum", "datastores")
    with pytest.raises(TypeError, match="kind 'datum': the table 'datastores' has no column 'pages': add it"):
        Store.require_tables(datum)


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"changes": WordsForPages}, "kind 'note': WordsForPages and Note have different types of 'pages'"),
        ({}, "kind 'note': the table 'notes' has no index for 'pages': add it to `sort` of the table"),
        ({"query": BySheets}, "kind 'note': no store of every kind finds 'sheets:3': give the kind a store of its own"),
    ],
)
def test_what_the_generic_store_cannot_store_or_find_fails_at_import(change, mistake):
    columns = (Stored("pages", BigInteger), Stored("tags", Json))
    sort = ("created_at", "pages") if change else ("created_at",)
    metadata = MetaData()
    resource_table("notes", metadata, *columns, sort=sort)
    with pytest.raises(TypeError, match=mistake):
        require_tables(replace(NOTE, **change), metadata)


def test_a_kind_follows_known_kinds():
    with pytest.raises(TypeError, match="kind 'note': it follows 'jbo', which is not a kind"):
        Kinds(replace(NOTE, follows=("jbo",)))


def test_a_kind_may_have_one_word_for_one_and_many():
    data = replace(NOTE, name=KindName("data", "data", "files and directories"))
    assert Kinds(data)["data"] is data
    assert data.event_types[0] == "data_created"
    assert [name.one for name in (data.name, NOTE.name, ENDPOINT.name)] == ["data", "a note", "an online endpoint"]
    assert data.empty(NoteQuery()) == "No data."
    with pytest.raises(TypeError, match="'data' is a name of 'data' too"):
        Kinds(data, replace(NOTE, name=replace(NOTE.name, singular="data")))


def test_kinds_are_found_by_their_singular():
    kinds = Kinds(NOTE, *KINDS.values())
    assert [*kinds] == ["note", "job", "experiment", "datastore", "data", "environment", "model", "compute"]
    assert kinds["note"] is NOTE


def test_every_named_kind_is_declared():
    assert tuple(kind.name for kind in KINDS.values()) == NAMES
