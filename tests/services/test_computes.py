# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Clients request what is done to computes, and the supervisor alone writes what it observes."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.schemas.compute_states import ComputeAction, ComputeState
from jupyter_ml.schemas.specs import CommandJob
from tests.store.jobs import job

pytestmark = pytest.mark.usefixtures("boxes")


def create(workspace, name="b", **settings):
    return workspace.computes.create({"name": name, "type": "box", "settings": settings})


def ran(workspace, name="b"):
    """Record that the supervisor has done what was requested."""
    store = workspace._context.store.computes
    return store.observe(name, ComputeState.RUNNING, carried_out=store.get(name).request)


def test_the_local_compute_is_there_and_always_runs(workspace):
    [local] = workspace.computes.list().items
    assert (local.name, local.type, local.state, local.request) == ("local", "local", ComputeState.RUNNING, None)
    for operation in (workspace.computes.start, workspace.computes.stop, workspace.computes.restart):
        with pytest.raises(ConflictError, match="'local' of type 'local' cannot be"):
            operation("local")
    with pytest.raises(ConflictError, match="every workspace has the compute 'local'"):
        workspace.computes.delete("local")
    assert workspace.computes.usage("local").cpu_count >= 1


def test_requests_are_states_until_they_are_carried_out(workspace):
    made = create(workspace, size=3)
    assert (made.state, made.settings["size"]) == (ComputeState.CREATING, 3)
    assert ran(workspace).state is ComputeState.RUNNING
    assert workspace.computes.start("b").request is None, "it runs"
    assert workspace.computes.stop("b").state is ComputeState.STOPPING
    assert workspace.computes.start("b").state is ComputeState.STARTING, "the last request counts"
    ran(workspace)
    assert workspace.computes.restart("b").state is ComputeState.RESTARTING
    workspace.computes.delete("b")
    assert workspace.computes.get("b").state is ComputeState.DELETING
    with pytest.raises(ConflictError, match="'b' is being deleted"):
        workspace.computes.start("b")


def test_a_request_that_was_replaced_stays(workspace):
    old = create(workspace).request
    new = workspace.computes.start("b").request
    store = workspace._context.store.computes
    assert store.observe("b", ComputeState.RUNNING, carried_out=old).request == new
    assert new.action is ComputeAction.START


def test_each_change_is_an_event(workspace):
    with workspace.follow() as feed:
        create(workspace)
        ran(workspace)
        workspace.computes.update("b", {"description": "small"})
        events = [(event.type, event.data["state"]) for event in feed.poll()]
    assert events == [
        ("compute_created", "Creating"),
        ("compute_state_changed", "Running"),
        ("compute_updated", "Running"),
    ]


def test_what_this_machine_cannot_have_is_refused_at_once(workspace):
    with pytest.raises(ConflictError, match="compute 'b' cannot be created: this machine has no box of that size"):
        create(workspace, size=10)
    with pytest.raises(InvalidInputError, match="size: must be a whole number"):
        create(workspace, size="large")
    with pytest.raises(InvalidInputError, match="type: no installed package provides the type 'bax'; there are: box"):
        workspace.computes.create({"name": "b", "type": "bax"})
    create(workspace)
    with pytest.raises(ConflictError, match="there is already a compute 'b'"):
        create(workspace)


def test_computes_are_created_in_a_notebook_whose_loop_runs(workspace):
    async def cell():
        return create(workspace)

    assert asyncio.run(cell()).state is ComputeState.CREATING


def test_settings_that_are_not_given_stay(workspace):
    create(workspace, size=3)
    settings = workspace.computes.update("b", {"settings": {"idle_minutes": 5}}).settings
    assert (settings["size"], settings["idle_minutes"]) == (3, 5)
    with pytest.raises(InvalidInputError, match="speed: unknown key"):
        workspace.computes.update("b", {"settings": {"speed": 1}})
    assert workspace.computes.update("b", {"settings": {"size": 11}}).settings["size"] == 11, "as if out of reach"
    with pytest.raises(InvalidInputError, match="there are no boxes of that size"):
        workspace.computes.update("b", {"settings": {"size": 100}})
    with pytest.raises(InvalidInputError, match=r"settings\.mounts: does not change"):
        workspace.computes.update("b", {"settings": {"mounts": [{"source": "/", "target": "/host"}]}})


def test_a_compute_in_use_is_neither_stopped_nor_deleted(workspace):
    create(workspace)
    ran(workspace)
    workspace._context.store.jobs.insert(job("a", state="Queued", compute="b"), host=None)
    for operation in (workspace.computes.stop, workspace.computes.restart, workspace.computes.delete):
        with pytest.raises(ConflictError, match="'b' is in use: cancel its 1 queued or running"):
            operation("b")
    assert workspace.computes.get("b").state is ComputeState.RUNNING


def test_the_log_is_bounded(workspace):
    create(workspace)
    lines = workspace.computes.logs("b").lines
    assert (len(lines), lines[0], lines[-1]) == (1_000, "line 1", "line 1000")
    with pytest.raises(ConflictError, match="cannot be asked for logs"):
        workspace.computes.logs("local")
    with pytest.raises(ConflictError, match="'b' is Creating"):
        workspace.computes.usage("b")


@pytest.mark.parametrize(
    ("compute", "message"),
    [
        ("locl", r"compute: there is no compute 'locl' \(did you mean 'local'\?\); there are: b, local"),
        ("azureml:b", "compute: 'b' is Stopped: start it by: jupyter ml compute start b"),
    ],
)
def test_a_job_needs_a_compute_that_can_run_it(workspace, tmp_path, compute, message):
    create(workspace)
    store = workspace._context.store.computes
    store.observe("b", ComputeState.STOPPED, carried_out=store.get("b").request)
    with pytest.raises(InvalidInputError, match=message):
        workspace.jobs.submit(CommandJob(command="true", code=None, compute=compute))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (None, "resources.instance_count: 3 nodes wanted, and the compute 'local' is one machine: choose a cluster"),
        ({"max_instances": 2}, "3 nodes wanted, and the cluster 'c' has 2 at most: raise max_instances"),
        ({"max_instances": 3, "jobs_per_node": 2}, "a job of several nodes needs jobs_per_node: 1"),
    ],
)
def test_a_job_needs_a_cluster_with_enough_nodes(workspace, settings, message):
    if settings:
        workspace.computes.create({"name": "c", "type": "cluster", **settings})
    given = {
        "resources": {"instance_count": 3},
        "distribution": {"type": "mpi"},
        "compute": "c" if settings else "local",
    }
    with pytest.raises(InvalidInputError, match=message):
        workspace.jobs.submit(CommandJob(command="true", code=None, **given))


def test_prices_belong_to_computes(workspace):
    created = workspace.computes.create({"name": "b", "type": "box", "price_per_hour": 2})
    assert created.price_per_hour == 2
    assert workspace.computes.update("local", {"price_per_hour": 1.5}).price_per_hour == 1.5


def test_an_unknown_compute_is_reported(workspace):
    for operation in (workspace.computes.start, workspace.computes.delete, workspace.computes.usage):
        with pytest.raises(NotFoundError, match="there is no compute 'x'"):
            operation("x")
