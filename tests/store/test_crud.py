# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kind of resource that is only declared is created, read, listed, updated, archived and deleted."""

from __future__ import annotations

import math
import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.tags import MAX_TAGS
from jupyter_ml.store import Store, paging
from jupyter_ml.store.crud import ResourceStore
from tests.integration import DATABASES
from tests.kinds import NOTE, NoteCreate, NoteQuery, NoteUpdate, metadata, notes


def store_of_notes(store):
    with store._database.write() as connection:
        metadata.create_all(connection)
    return ResourceStore(store._database, NOTE, notes)


@pytest.fixture
def note_store(store):
    return store_of_notes(store)


def events(store, after=0):
    return [(event.type, event.kind, event.name, event.data) for event in store.events.since(after)]


def test_every_change_is_an_event_and_no_change_is_none(store, note_store):
    created = note_store.create(NoteCreate(name="one", pages=3, tags={"team": "red"}))
    assert note_store.get("one") == created
    assert (created.pages, created.tags, created.revision, created.archived) == (3, {"team": "red"}, 1, False)
    assert note_store.update("one", NoteUpdate(pages=4)).tags == {"team": "red"}
    assert note_store.update("one", NoteUpdate(pages=4)).revision == 2
    for stage in (LifecycleStage.ARCHIVED, LifecycleStage.ARCHIVED, LifecycleStage.ACTIVE):
        assert note_store.set_stage("one", stage).archived == (stage is LifecycleStage.ARCHIVED)
    note_store.delete("one")
    assert events(store) == [
        (f"note_{change}", "note", "one", {"archived": change == "archived"})
        for change in ("created", "updated", "archived", "restored", "deleted")
    ]


def test_an_update_merges_tags(note_store):
    note_store.create(NoteCreate(name="one", tags={"a": "1", "old": "x"}))
    changed = note_store.update("one", NoteUpdate(tags={"b": "2", "old": None}))
    assert (changed.tags, changed.revision) == ({"a": "1", "b": "2"}, 2)
    for nothing_new in ({}, {"a": "1"}, {"unknown": None}):
        assert note_store.update("one", NoteUpdate(tags=nothing_new)) == changed
    many = {f"t{number}": "x" for number in range(MAX_TAGS - 1)}
    with pytest.raises(InvalidInputError, match=f"{MAX_TAGS + 1} are more than {MAX_TAGS}"):
        note_store.update("one", NoteUpdate(tags=many))
    assert len(note_store.update("one", NoteUpdate(tags={**many, "a": None})).tags) == MAX_TAGS


def test_a_field_that_is_set_to_nothing_is_emptied(note_store):
    note_store.create(NoteCreate(name="one", description="Why", pages=3))
    emptied = note_store.update("one", NoteUpdate(description=None))
    assert (emptied.description, emptied.pages) == (None, 3)


def test_a_name_is_taken_once_archived_or_not(store, note_store):
    note_store.create(NoteCreate(name="one"))
    note_store.set_stage("one", LifecycleStage.ARCHIVED)
    last = store.events.last()
    with pytest.raises(ConflictError, match="note 'one'"):
        note_store.create(NoteCreate(name="one"))
    assert store.events.last() == last


def test_an_update_of_an_older_revision_is_refused_with_the_current_one(store, note_store):
    note_store.create(NoteCreate(name="one", pages=1))
    note_store.update("one", NoteUpdate(pages=2), revision=1)
    last = store.events.last()
    with pytest.raises(ConflictError, match="revision 2, not 1") as caught:
        note_store.update("one", NoteUpdate(pages=3), revision=1)
    assert (caught.value.current["pages"], caught.value.current["revision"]) == (2, 2)
    assert (note_store.get("one").pages, store.events.last()) == (2, last)


def test_updates_of_different_fields_do_not_conflict(note_store):
    note_store.create(NoteCreate(name="one", pages=1))
    for pages in range(2, 5):
        note_store.update("one", NoteUpdate(pages=pages))
    changed = note_store.update("one", NoteUpdate(description="why"), revision=1)
    assert (changed.description, changed.pages, changed.revision) == ("why", 4, 5)
    with pytest.raises(ConflictError, match=r"revision 5, not 4; changed since: description$"):
        note_store.update("one", NoteUpdate(description="because", pages=5), revision=4)
    with pytest.raises(ConflictError, match=r"changed since: description, pages$"):
        note_store.save(NoteCreate(name="one", description="why"), revision=3)
    assert note_store.save(NoteCreate(name="one"), revision=5)[0].revision == 6


def test_a_resource_that_gets_the_name_of_a_deleted_one_has_none_of_its_revisions(store, note_store):
    old = note_store.create(NoteCreate(name="one"))
    for pages in range(3):
        old = note_store.update("one", NoteUpdate(pages=pages))
    store.events.prune(keep=1)
    note_store.delete("one")
    first = note_store.save(NoteCreate(name="one"))[0]
    assert first.revision > old.revision
    note_store.delete("one")
    assert note_store.create(NoteCreate(name="one")).revision > first.revision
    with pytest.raises(ConflictError, match=f"not {old.revision}"):
        note_store.update("one", NoteUpdate(pages=3), revision=old.revision)


def test_of_updates_of_one_revision_at_the_same_time_one_wins(note_store):
    note_store.create(NoteCreate(name="one"))
    won, refused = [], []

    def change(number):
        try:
            won.append(note_store.update("one", NoteUpdate(pages=number), revision=1).pages)
        except ConflictError as error:
            refused.append(error.current["revision"])

    threads = [threading.Thread(target=change, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (won, refused) == ([note_store.get("one").pages], [2] * 5)


def test_an_unknown_name_gets_a_suggestion(note_store):
    note_store.create(NoteCreate(name="diary"))
    for operation in (
        note_store.get,
        note_store.delete,
        lambda name: note_store.update(name, NoteUpdate(pages=1)),
        lambda name: note_store.set_stage(name, LifecycleStage.ARCHIVED),
    ):
        with pytest.raises(NotFoundError, match=r"no note 'diray'.*did you mean 'diary'"):
            operation("diray")


def test_what_is_being_deleted_is_not_archived(store, note_store):
    note_store.create(NoteCreate(name="one"))
    with store._database.write() as connection:
        connection.execute(text("UPDATE notes SET lifecycle_stage = 2"))
    with pytest.raises(ConflictError, match="note 'one' is being deleted"):
        note_store.set_stage("one", LifecycleStage.ARCHIVED)
    assert [note.name for note in note_store.list(NoteQuery()).items] == ["one"], "it is listed until it is gone"


def test_the_search_finds_names_and_descriptions_as_they_are_now(note_store):
    note_store.create(NoteCreate(name="one", description="Straße 5%"))
    note_store.create(NoteCreate(name="two"))
    found = {part: note_store.list(NoteQuery(filter=part)).total for part in ("STRASSE", "5%", "%", "_", "O")}
    assert found == {"STRASSE": 1, "5%": 1, "%": 1, "_": 0, "O": 2}
    note_store.update("one", NoteUpdate(description="Weg"))
    assert [note_store.list(NoteQuery(filter=part)).total for part in ("strasse", "WEG")] == [0, 1]


@pytest.fixture(scope="module", params=DATABASES)
def filled(request, tmp_path_factory):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('crud')}/workspace.db"
    else:
        url = request.getfixturevalue("postgresql").create()
    rng = random.Random(1)
    with Store.open(url) as store:
        note_store = store_of_notes(store)
        for number in rng.sample(range(100), 40):
            note_store.create(NoteCreate(name=f"note-{number}", pages=rng.choice([None, 1, 2, 3])))
            if rng.random() < 0.3:
                note_store.set_stage(f"note-{number}", LifecycleStage.ARCHIVED)
        everything = note_store.list(NoteQuery(archived=None, sort="name", descending=False, limit=1_000)).items
        assert len(everything) == 40
        yield note_store, everything


def expected(query, everything):
    chosen = [note for note in everything if query.archived in (None, note.archived) and query.filter in note.name]
    missing = math.inf * (-1 if query.descending else 1)

    def order(note):
        value = getattr(note, query.sort)
        return (missing if value is None else value, note.name)

    return [note.name for note in sorted(chosen, key=order, reverse=query.descending)]


@settings(max_examples=100)
@given(
    query=st.builds(
        NoteQuery,
        archived=st.sampled_from([True, False, None]),
        filter=st.sampled_from(["", "1", "note"]),
        sort=st.sampled_from(["name", "created_at", "pages"]),
        descending=st.booleans(),
        limit=st.integers(1, 20),
        offset=st.integers(0, 45),
    ),
    few=st.sampled_from([0, 10, 1_000]),
)
def test_a_page_is_what_a_loop_finds(filled, query, few):
    note_store, everything = filled
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paging, "_FEW", few)
        page = note_store.list(query)
    names = expected(query, everything)
    assert page.total == len(names)
    assert [note.name for note in page.items] == names[query.offset : query.offset + query.limit]
