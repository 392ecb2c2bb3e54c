# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What other clients of MLflow change in the registry becomes events and lineage."""

from __future__ import annotations

import time

import pytest
from mlflow import MlflowClient

from jupyter_ml.services.models.foreign import ForeignModels
from tests.store.jobs import job as stored_job


@pytest.fixture
def client(workspace):
    workspace._context.tracking.prepare()
    return MlflowClient(workspace.tracking_uri, workspace.tracking_uri)


@pytest.fixture
def foreign(workspace, client):
    changes = ForeignModels(workspace._context, None)
    assert not changes.record()
    return changes


def events(workspace):
    return [(each.type, each.name, each.data["version"]) for each in workspace._context.store.events.since(0)]


def test_each_change_by_mlflow_is_one_event(workspace, client, foreign):
    steps = [
        (lambda: client.create_registered_model("net"), ("model_updated", "net", None)),
        (lambda: client.create_model_version("net", "file:///x"), ("model_created", "net", "1")),
        (lambda: client.create_model_version("net", "file:///y"), ("model_created", "net", "2")),
        (lambda: client.set_registered_model_alias("net", "champion", "1"), ("model_updated", "net", "2")),
        (lambda: client.update_model_version("net", "1", "good"), ("model_updated", "net", "2")),
        (lambda: client.delete_model_version("net", "2"), ("model_updated", "net", "1")),
        (lambda: client.delete_registered_model("net"), ("model_deleted", "net", None)),
    ]
    for number, (change, _) in enumerate(steps):
        change()
        assert foreign.record()
        assert not foreign.record()
        assert events(workspace) == [event for _, event in steps[: number + 1]]


def test_own_changes_are_not_recorded_again(workspace, foreign, tmp_path):
    (tmp_path / "weights").write_text("1")
    workspace.models.register("net", str(tmp_path / "weights"))
    workspace.models.update("net:1", {"labels": ["champion"]})
    before = events(workspace)
    assert not foreign.record()
    workspace.models.delete("net")
    assert not foreign.record()
    assert events(workspace) == [*before, ("model_deleted", "net", None)]


def test_what_was_changed_while_nothing_looked_is_found_once(workspace, client, foreign):
    client.create_registered_model("net")
    client.create_model_version("net", "file:///x")
    foreign.record()
    client.create_model_version("net", "file:///y")
    later = ForeignModels(workspace._context, foreign.since_ms)
    assert later.record()
    assert events(workspace)[-1] == ("model_created", "net", "2")
    assert not later.record()


def test_a_version_comes_from_the_job_of_its_run(workspace, client, monkeypatch):
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    store = workspace._context.store.jobs
    store.insert(stored_job("train"), host=None)
    run_id = workspace._context.tracking.create_run(experiment="a", name="a", tags={})
    store.set_run("train", run_id)
    client.create_registered_model("net")
    client.create_model_version("net", "file:///x", run_id=run_id)
    client.create_model_version("net", "file:///y")
    ForeignModels(workspace._context, None).record()
    [edge] = workspace.lineage.get("model:net:1").edges
    assert (edge.source, edge.target, edge.role) == ("job:train", "model:net:1", "output")
    assert workspace.lineage.get("model:net:2").edges == []


def test_many_versions_are_read_in_parts(workspace, client, foreign, monkeypatch):
    monkeypatch.setattr("jupyter_ml.tracking.tables._ROWS", 2)
    client.create_registered_model("net")
    assert foreign.record()
    for _ in range(5):
        client.create_model_version("net", "file:///x")
    parts = [len(part) for part in workspace._context.tracking.registry.foreign_versions(0)]
    assert parts == [2, 2, 1]
    assert foreign.record()
    assert events(workspace)[1:] == [("model_created", "net", str(number)) for number in range(1, 6)]
    assert not foreign.record()


def test_a_client_whose_clock_is_ahead_hides_no_other(workspace, client, foreign, monkeypatch):
    client.create_registered_model("net")
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda now=time.time: now() + 3_600)
        client.create_model_version("net", "file:///x")
    assert foreign.record()
    client.create_model_version("net", "file:///y")
    assert foreign.record()
    assert not foreign.record()
    assert events(workspace)[-2:] == [("model_created", "net", "1"), ("model_created", "net", "2")]


def test_prompts_are_left_out(workspace, client, foreign):
    client.register_prompt("question", "Why {{what}}?")
    assert not foreign.record()
    assert events(workspace) == []
