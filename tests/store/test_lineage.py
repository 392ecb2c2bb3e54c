# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The edges of the lineage are recorded once, found from both sides, and counted."""

from __future__ import annotations

from jupyter_ml.schemas.lineage import NodeId

DATA, JOB, MODEL = NodeId("data", "titanic", "1"), NodeId("job", "fox"), NodeId("model", "churn", "2")


def test_the_text_of_a_node_is_read_again():
    for node in (DATA, JOB, MODEL):
        assert NodeId.parse(str(node)) == node


def test_edges(store):
    for _ in range(2):
        store.lineage.add(DATA, JOB, "input", "train")
    store.lineage.add(DATA, JOB, "input", "test")
    store.lineage.add(JOB, MODEL, "output")
    assert [(edge.role, edge.label) for edge in store.lineage.edges(["data:titanic:1"], "source", limit=10)] == [
        ("input", "train"),
        ("input", "test"),
    ]
    [made] = store.lineage.edges(["model:churn:2"], "target", limit=10)
    assert (made.source, made.role) == ("job:fox", "output")
    assert len(store.lineage.edges(["data:titanic:1", "job:fox"], "source", limit=2)) == 2
    assert store.lineage.degrees(["data:titanic:1", "job:fox", "none"], "source") == {
        "data:titanic:1": 1,
        "job:fox": 1,
    }
    assert store.lineage.degrees(["job:fox"], "target") == {"job:fox": 1}


def test_all_edges_are_read_in_pages(store, monkeypatch):
    monkeypatch.setattr("jupyter_ml.store.lineage._PAGE", 2)
    for number in range(5):
        store.lineage.add(DATA, NodeId("job", f"j{number}"), "input")
    assert [edge.target for edge in store.lineage.all()] == [f"job:j{number}" for number in range(5)]


def test_an_edge_gets_the_label_of_the_next_one(store):
    for label in ("", "model", "", "other"):
        store.lineage.add(JOB, MODEL, "output", label)
    assert [edge.label for edge in store.lineage.all()] == ["model", "other"]
