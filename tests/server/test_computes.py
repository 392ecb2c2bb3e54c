# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes over REST."""

from __future__ import annotations

import pytest

from jupyter_ml.server.routes import BASE
from tests.workspaces import until

pytestmark = pytest.mark.integration


@pytest.fixture
def computes(shared):
    yield shared.computes
    for item in shared.computes.list().items:
        if item.name != "local":
            shared.computes.delete(item.name)
    until(lambda: len(shared.computes.list().items) == 1)


async def test_a_compute_is_created_shown_updated_and_deleted(api, computes):
    given = {"name": "second", "type": "local", "slots": 2}
    created = await api("POST", "/computes", given, expect=201)
    assert api.response.headers["Location"].endswith(f"{BASE}/computes/second")
    assert (created["state"], created["request"]["action"]) == ("Creating", "create")
    until(lambda: computes.get("second").state == "Running")
    assert [item["name"] for item in (await api("GET", "/computes"))["items"]] == ["local", "second"]
    assert (await api("PATCH", "/computes/second", {"slots": 3}))["slots"] == 3
    assert (await api("GET", "/computes/second/usage"))["cpu_count"] >= 1
    until(lambda: computes.usage_series("second").samples)
    [sample] = (await api("GET", "/computes/second/usage/series", seconds=600, max_points=1))["samples"]
    assert (sample["jobs"], sample["kernels"], sample["gpu_percent"]) == (0, 0, None)
    assert 0 < sample["memory_bytes"] < sample["memory_total_bytes"]
    await api("GET", "/computes/second/usage/series", seconds=0, expect=400)
    queue = {"queued": 0, "running": 0, "estimates": 0, "right_estimates": 0}
    assert await api("GET", "/computes/second/queue") == queue
    await api("DELETE", "/computes/second", expect=204)
    until(lambda: len(computes.list().items) == 1)


@pytest.mark.usefixtures("computes")
async def test_what_a_type_cannot_do_is_refused(api):
    for action in ("start", "stop", "restart"):
        error = await api.refused("POST", f"/computes/local/{action}", status=409)
        assert "'local' of type 'local' cannot be" in error["message"]
    await api.refused("GET", "/computes/local/log", status=409)
    await api.refused("DELETE", "/computes/local", status=409)
    await api.refused("POST", "/computes/nothing/start", status=404)


@pytest.mark.usefixtures("computes")
async def test_a_mount_that_is_not_below_the_root_is_refused(api):
    mounts = [{"source": "../..", "target": "/data"}]
    given = {"name": "box", "type": "instance", "mounts": mounts}
    error = await api.refused("POST", "/computes", given, status=400)
    assert "outside of the root directory" in error["message"]


async def test_the_types_are_listed_with_their_forms(api):
    types = {found["name"]: found for found in await api("GET", "/compute-types")}
    assert types["local"]["unavailable"] is None
    assert types["local"]["schema"]["properties"]["slots"]["title"] == "Jobs at the same time"
