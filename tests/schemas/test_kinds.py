# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kind that is declared wrongly fails at once, with the name of the mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.kinds import Column, Kinds
from jupyter_ml.schemas.names import NAMES, OPERATIONS, KindName
from jupyter_ml.schemas.registry import KINDS
from jupyter_ml.schemas.resources import Resource
from tests.kinds import NOTE, PAPER, Note, NoteQuery


class Fixed(Resource):
    """A resource that cannot be updated."""


class Pages(Schema):
    """Changes of what a note has not."""

    sheets: int


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"columns": (Column("name", None),)}, "kind 'note': the column 'name' has no text"),
        ({"columns": ()}, "is listed and has no columns"),
        ({"columns": (Column("a", str), Column("a", repr))}, "two columns have the title 'a'"),
        ({"spec": None}, "the operation 'create' and 'spec' belong together"),
        (
            {"name": replace(NOTE.name, operations=OPERATIONS - {"update"})},
            "the operation 'update' and 'changes' belong together",
        ),
        ({"changes": Pages}, "Pages has fields that Note has not: sheets"),
        ({"model": Fixed, "spec": Schema, "changes": Schema}, "Fixed is not an EditableResource"),
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
        ({"spec": NOTE.changes}, "is versioned, but NoteUpdate is not a subclass of AssetCreate"),
        ({"changes": Schema}, "is versioned, but Schema is not a subclass of AssetUpdate"),
        ({"name": replace(PAPER.name, versioned=False)}, "Paper has versions, but the kind is not versioned"),
    ],
)
def test_a_versioned_kind_is_declared_with_the_models_of_assets(change, mistake):
    with pytest.raises(TypeError, match=mistake):
        replace(PAPER, **change)


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"singular": "Big Note"}, "kind 'Big Note': 'Big Note' is not a name in lower case"),
        ({"summary": ""}, "has no summary"),
        ({"operations": OPERATIONS | {"delet"}}, r"unknown operation 'delet' \(did you mean 'delete'\?\)"),
    ],
)
def test_a_wrong_name_names_its_mistake(change, mistake):
    with pytest.raises(TypeError, match=mistake):
        replace(NOTE.name, **change)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"plural": "other"}, "note"), ({"singular": "other"}, "notes"), ({"singular": "notes", "plural": "x"}, "notes")],
)
def test_two_kinds_do_not_share_a_name(change, name):
    with pytest.raises(TypeError, match=f"two kinds have the name '{name}'"):
        Kinds(NOTE, replace(NOTE, name=replace(NOTE.name, **change)))


def test_a_kind_may_have_one_word_for_one_and_many():
    data = replace(NOTE, name=KindName("data", "data", "files and directories"))
    assert Kinds(data)["data"] is data
    assert data.event_types[0] == "data_created"
    assert data.empty(NoteQuery()) == "No data."
    with pytest.raises(TypeError, match="two kinds have the name 'data'"):
        Kinds(data, replace(NOTE, name=replace(NOTE.name, singular="data")))


def test_kinds_are_found_by_their_singular():
    kinds = Kinds(NOTE, *KINDS.values())
    assert [*kinds] == ["note", "job", "experiment", "datastore"]
    assert kinds["note"] is NOTE


def test_every_named_kind_is_declared():
    assert tuple(kind.name for kind in KINDS.values()) == NAMES
