# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores over REST: paths are contents paths."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.datastores import DEFAULT_DATASTORES
from jupyter_ml.server.routes import BASE


@pytest.fixture
def lake(shared, root):
    (root / "lake").mkdir(exist_ok=True)
    yield root / "lake"
    for item in shared.datastores.list().items:
        if item.name not in DEFAULT_DATASTORES:
            shared.datastores.delete(item.name)


async def test_a_datastore_is_created_tested_updated_and_deleted(api, lake):
    created = await api("POST", "/datastores", {"name": "lake", "type": "local", "path": "lake"}, expect=201)
    assert api.response.headers["Location"].endswith(f"{BASE}/datastores/lake")
    assert (created["type"], created["settings"]) == ("local", {"path": str(lake.resolve())})
    assert await api("GET", "/datastores/lake") == created
    assert [item["name"] for item in (await api("GET", "/datastores", filter="lake"))["items"]] == ["lake"]
    assert (await api("POST", "/datastores/lake/test"))["writable"]
    assert (await api("PATCH", "/datastores/lake", {"description": "Water"}))["revision"] == 2
    await api("DELETE", "/datastores/lake", expect=204)
    await api.refused("POST", "/datastores/lake/test", status=404)


@pytest.mark.usefixtures("lake")
@pytest.mark.parametrize(
    ("path", "message"),
    [("../..", "outside of the root directory"), ("nowhere", "is not a directory"), ("s3://x", "not a local path")],
)
async def test_a_path_that_is_not_below_the_root_is_refused(api, path, message):
    error = await api.refused("POST", "/datastores", {"name": "a", "type": "local", "path": path}, status=400)
    assert message in error["message"]
    assert error["field"] == "path"


async def test_a_default_datastore_is_not_deleted(api):
    await api.refused("DELETE", "/datastores/workspaceblobstore", status=409)
