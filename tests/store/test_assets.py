# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Versions of assets are created, found, listed, archived and deleted, and labels move."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.schemas.assets import AssetQuery, AssetSource, AssetUpdate
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.store import paging
from jupyter_ml.store.assets import AssetStore
from tests import kinds
from tests.kinds import PAPER, PaperCreate, papers


class PaperStore(AssetStore):
    """Papers that are created by one user."""

    def add(self, name, version=None, **fields):
        return self.create(PaperCreate(name=name, version=version, **fields), created_by="ann")


@pytest.fixture
def paper_store(store):
    kinds.paper_store(store)
    return PaperStore(store._database, PAPER, papers)


def events(store, after=0):
    return [
        (event.type.removeprefix("paper_"), event.name, event.data["version"], event.data["archived"])
        for event in store.events.since(after)
    ]


def versions(paper_store, name="a", **query):
    return [each.version for each in paper_store.list(AssetQuery(name=name, archived=None, **query)).items]


def listed(paper_store, **query):
    return [(each.name, each.version) for each in paper_store.list(AssetQuery(**query)).items]


def test_a_version_that_is_created_again_has_none_of_the_revisions_of_the_deleted_one(paper_store):
    for reference, delete in (("a:1", "a"), ("b:word", "b:word")):
        name, _, version = reference.partition(":")
        paper_store.add(name, version)
        paper_store.add(name, "other")
        old = paper_store.update(reference, AssetUpdate(description="x"))
        old = paper_store.update(reference, AssetUpdate(labels=["prod"]))
        paper_store.delete(delete)
        assert paper_store.add(name, version).revision > old.revision


def test_a_version_is_what_was_created(store, paper_store):
    source = AssetSource(job="job-1", notebook="nb.ipynb").model_dump()
    spec = PaperCreate(
        name="a", description="Why", tags={"team": "red"}, properties={"p": "q"}, labels=["b", "a"], pages=3
    )
    created = paper_store.create(spec, created_by="ann", source=source)
    assert created == paper_store.get("a:1") == paper_store.get("a") == paper_store.get("azureml:a@a")
    assert created.model_dump(exclude={"created_at"}) == {
        "name": "a",
        "version": "1",
        "description": "Why",
        "archived": False,
        "revision": 1,
        "latest": True,
        "labels": ["a", "b"],
        "tags": {"team": "red"},
        "properties": {"p": "q"},
        "created_by": "ann",
        "source": {"job": "job-1", "notebook": "nb.ipynb"},
        "pages": 3,
    }
    assert store.events.since(0)[-1].data == {"archived": False, "version": "1", "labels": ["a", "b"]}


def test_a_version_without_a_number_gets_the_next_one(paper_store):
    given = [None, None, "7", None, "2024.1", "22.02-py3", None, "010", None, "9" * 30, None]
    made = [paper_store.add("a", version).version for version in given]
    assert made == ["1", "2", "7", "8", "2024.1", "22.02-py3", "9", "010", "11", "9" * 30, "12"]
    assert paper_store.add("b").version == "1", "each asset has its own numbers"


def test_the_number_of_a_deleted_version_is_not_used_again(paper_store):
    for _ in range(3):
        paper_store.add("a")
    paper_store.delete("a:3")
    with pytest.raises(ConflictError, match="paper 'a' has had versions up to 3, and numbers are not used again"):
        paper_store.add("a", "3", pages=9)
    assert (paper_store.get("a").version, paper_store.add("a").version) == ("2", "4")
    for used in ("0", "3", "03"):
        with pytest.raises(ConflictError, match=f"create a version above 4 instead of '{used}'"):
            paper_store.add("a", used)
    assert (paper_store.add("a", "6").version, paper_store.add("a", "v3").version) == ("6", "v3")
    paper_store.delete("a")
    assert paper_store.add("a", "0").version == "0", "a deleted asset has no numbers"


def test_an_existing_version_is_refused_with_what_it_is(store, paper_store):
    paper_store.add("a", "1", pages=3)
    last = store.events.last()
    with pytest.raises(
        ConflictError, match="paper 'a' has a version '1' already, and versions do not change"
    ) as caught:
        paper_store.add("a", "1", pages=4)
    assert (caught.value.current["pages"], store.events.last()) == (3, last)
    assert paper_store.add("a").version == "2", "a refused version leaves no gap"


def test_the_latest_version_is_the_one_created_last_that_is_not_archived(paper_store):
    for version in ("v3", "v1", "v2"):
        paper_store.add("a", version, description=f"version {version}")
    assert paper_store.get("a@latest").version == "v2"
    paper_store.set_stage("a:v2", LifecycleStage.ARCHIVED)
    assert [paper_store.get("a").version, paper_store.get("a:v1").latest, paper_store.get("a:v2").latest] == [
        "v1",
        True,
        False,
    ]
    assert listed(paper_store, filter="'VERSION V1'") == [("a", "v1")]
    assert listed(paper_store, filter="'version v2'") == []
    for version in ("v1", "v3"):
        paper_store.set_stage(f"a:{version}", LifecycleStage.ARCHIVED)
    assert (paper_store.get("a").version, listed(paper_store), listed(paper_store, archived=True)) == (
        "v2",
        [],
        [("a", "v2")],
    )
    paper_store.set_stage("a:v3", LifecycleStage.ACTIVE)
    assert listed(paper_store) == [("a", "v3")]


def test_an_asset_is_archived_and_restored_with_all_versions_in_one_event(store, paper_store):
    for _ in range(3):
        paper_store.add("a")
    paper_store.add("b")
    paper_store.set_stage("a:1", LifecycleStage.ARCHIVED)
    last = store.events.last()
    assert paper_store.set_stage("a", LifecycleStage.ARCHIVED).archived
    assert paper_store.set_stage("a", LifecycleStage.ARCHIVED).version == "3"
    assert (listed(paper_store), listed(paper_store, archived=True)) == ([("b", "1")], [("a", "3")])
    assert not paper_store.set_stage("a", LifecycleStage.ACTIVE).archived
    assert paper_store.list(AssetQuery(name="a")).total == 3
    assert events(store, last) == [("archived", "a", None, True), ("restored", "a", None, False)]


def test_a_new_version_of_an_archived_asset_is_listed(paper_store):
    paper_store.add("a")
    paper_store.set_stage("a", LifecycleStage.ARCHIVED)
    paper_store.add("a")
    assert listed(paper_store) == [("a", "2")]
    assert [each.version for each in paper_store.list(AssetQuery(name="a")).items] == ["2"]


def test_a_label_moves_and_each_change_is_an_event(store, paper_store):
    paper_store.add("a", labels=["prod", "old"])
    paper_store.add("a", labels=["prod"])
    assert [paper_store.get(f"a:{version}").labels for version in "12"] == [["old"], ["prod"]]
    last = store.events.last()
    for _ in range(2):
        moved = paper_store.update("a:1", AssetUpdate(labels=["prod"]))
        assert (moved.labels, moved.revision) == (["prod"], 2)
    assert (paper_store.get("a@prod").version, paper_store.get("a:2").labels) == ("1", [])
    assert [event.data["labels"] for event in store.events.since(last)] == [["prod"]]
    paper_store.delete("a:1")
    with pytest.raises(NotFoundError, match=r"paper 'a' has no label 'prod'"):
        paper_store.get("a@prod")


def test_what_describes_a_version_is_updated_and_its_content_is_not(store, paper_store):
    paper_store.add("a", pages=3, tags={"x": "1"})
    paper_store.add("a")
    changed = paper_store.update("a:1", AssetUpdate(description="Why", tags={"y": "2"}), revision=1)
    assert (changed.description, changed.tags, changed.pages, changed.revision) == ("Why", {"x": "1", "y": "2"}, 3, 2)
    assert paper_store.update("a:1", AssetUpdate(tags={"x": None})).tags == {"y": "2"}
    assert listed(paper_store, filter="why") == [], "the latest version has another description"
    with pytest.raises(InvalidInputError, match="'a' names no version, and each has fields of its own: write a:2"):
        paper_store.update("a", AssetUpdate(description="Because"))
    paper_store.update("a@latest", AssetUpdate(description="Because"))
    assert listed(paper_store, filter="because") == [("a", "2")]
    with pytest.raises(ConflictError, match="'a:1' has been changed: it has revision 3, not 1") as caught:
        paper_store.update("a:1", AssetUpdate(description=None), revision=1)
    assert caught.value.current["version"] == "1"
    assert [event[:3] for event in events(store)[2:]] == [("updated", "a", version) for version in ("1", "1", "2")]


def test_a_version_is_deleted_and_the_last_one_ends_the_asset(store, paper_store):
    for _ in range(3):
        paper_store.add("a")
    last = store.events.last()
    paper_store.delete("a@latest")
    assert (paper_store.get("a").version, versions(paper_store)) == ("2", ["2", "1"])
    paper_store.delete("a:1")
    paper_store.delete("a:2")
    assert listed(paper_store, archived=None) == []
    assert [event[:3] for event in events(store, last)] == [
        ("version_deleted", "a", "3"),
        ("version_deleted", "a", "1"),
        ("deleted", "a", None),
    ]
    assert {event.type for event in store.events.since(0)} <= {*PAPER.event_types}
    assert paper_store.add("a").version == "1"
    paper_store.add("a")
    paper_store.delete("a")
    assert events(store)[-1][:3] == ("deleted", "a", None)
    with store._database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM papers_versions")) == 0


def test_what_another_resource_refers_to_is_not_deleted(store, paper_store):
    paper_store.add("a")
    paper_store.add("a")
    with store._database.write() as connection:
        key = "version_id bigint REFERENCES papers_versions (id)"
        connection.execute(text(f"CREATE TABLE uses ({key})"))
        connection.execute(text("INSERT INTO uses SELECT id FROM papers_versions WHERE version = '1'"))
    last = store.events.last()
    for name in ("a:1", "a"):
        with pytest.raises(ConflictError, match=f"paper '{name}' is in use"):
            paper_store.delete(name)
    assert (versions(paper_store), store.events.last()) == (["2", "1"], last)
    paper_store.delete("a:2")


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("diray", NotFoundError, r"there is no paper 'diray' \(did you mean 'diary'\?\)"),
        ("diary:3", NotFoundError, r"paper 'diary' has no version '3'; the newest one is '1'"),
        ("diary:latest", InvalidInputError, "'latest' is a label, not a version: write diary@latest"),
        ("diary@porod", NotFoundError, r"no label 'porod' \(did you mean 'prod'\?\)"),
        ("diary:", InvalidInputError, "the version is empty"),
        ("azureml://data/diary/versions/1", InvalidInputError, "is one of the data, not of the papers"),
        ("s3://bucket/diary", InvalidInputError, "is not an asset"),
    ],
)
def test_a_reference_to_nothing_is_explained(paper_store, name, error, message):
    paper_store.add("diary", labels=["prod"])
    for operation in (
        paper_store.get,
        paper_store.delete,
        lambda name: paper_store.update(name, AssetUpdate(labels=[])),
        lambda name: paper_store.set_stage(name, LifecycleStage.ARCHIVED),
    ):
        with pytest.raises(error, match=message):
            operation(name)


def test_writers_of_one_asset_at_the_same_time_get_one_version_each(store, paper_store):
    made, refused, rounds = [], [], 50

    def create(explicit):
        for number in range(rounds):
            try:
                made.append(paper_store.add("a", f"v{number}" if explicit else None).version)
            except ConflictError as error:
                refused.append(error.current["version"])

    threads = [threading.Thread(target=create, args=[number % 2]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(set(made)) == 4 * rounds - len(refused)
    assert {*made} == {*(f"v{number}" for number in range(rounds)), *map(str, range(1, 2 * rounds + 1))}
    assert sorted(versions(paper_store, limit=1_000)) == sorted(made)
    oldest_first = versions(paper_store, descending=False, sort="created_at", limit=1_000)
    assert [each[2] for each in events(store)] == oldest_first


@pytest.mark.parametrize("few", [0, 1_000])
def test_pages_have_the_newest_version_of_each_asset_or_the_versions_of_one(paper_store, few, monkeypatch):
    monkeypatch.setattr(paging, "_FEW", few)
    for number in range(12):
        paper_store.add(f"p{number % 4}", pages=number)
    newest = [("p0", "3"), ("p1", "3"), ("p2", "3"), ("p3", "3")]
    assert listed(paper_store, sort="name", descending=False) == newest
    assert listed(paper_store, limit=2) == newest[:1:-1]
    assert paper_store.list(AssetQuery(limit=1, offset=3)).total == 4
    page = paper_store.list(AssetQuery(name="p1", limit=2, offset=1))
    assert ([(each.version, each.pages, each.latest) for each in page.items], page.total) == (
        [("2", 5, False), ("1", 1, False)],
        3,
    )


def test_names_that_differ_in_case_are_different_assets(paper_store):
    paper_store.add("a", pages=1)
    paper_store.add("A", pages=2)
    assert [paper_store.get(name).pages for name in "aA"] == [1, 2]
