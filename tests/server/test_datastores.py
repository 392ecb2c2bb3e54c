# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores over REST: paths are contents paths."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from jupyter_ml.schemas.datastores import DEFAULT_DATASTORES
from jupyter_ml.server.routes import BASE
from tests.storage_servers import MARK


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
    changed = await api("PATCH", "/datastores/lake", {"description": "Water"})
    assert changed["revision"] == created["revision"] + 1
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


@pytest.mark.usefixtures("lake")
async def test_credentials_are_written_and_never_returned(api, shared, app, caplog):
    spec = {"type": "http", "url": "http://127.0.0.1:9", "credentials": {"headers": {"Authorization": MARK}}}
    responses = [await api("POST", "/datastores", {"name": "web", **spec}, expect=201)]
    assert responses[0]["credentials"] == ["headers.Authorization"]
    changes = {"credentials": {"headers": {"Authorization": f"{MARK}-2"}}, "description": "x"}
    responses.append(await api("PATCH", "/datastores/web", changes))
    assert responses[-1]["revision"] == responses[0]["revision"] + 1
    wrong = {"credentials": {"headers": MARK}}
    responses.append(await api.refused("PATCH", "/datastores/web", wrong, status=400))
    responses.append(await api.refused("POST", "/datastores", {"name": "w", **spec, "uri": MARK[:9]}, status=400))
    responses += [await api("GET", "/datastores/web"), await api("GET", "/datastores")]
    responses.append(await api.refused("GET", "/datastores/web/files", status=503))
    responses.append(await api.refused("POST", "/datastores/web/test", status=503))
    assert shared.datastores.connection("web").credentials == {"headers.Authorization": f"{MARK}-2"}
    for each in responses:
        assert MARK not in str(each), each
    assert MARK not in caplog.text, [line for line in caplog.text.splitlines() if MARK in line]
    responses.append(await api("PATCH", "/datastores/web", {"credentials": None}))
    assert responses[-1]["credentials"] == []
    assert shared.datastores.connection("web").credentials == {}


@pytest.mark.usefixtures("lake")
async def test_a_datastore_is_created_or_replaced(api, shared):
    spec = {"type": "http", "url": "http://127.0.0.1:9", "credentials": {"headers": {"Authorization": MARK}}}
    created = await api("PUT", "/datastores/web", {"name": "web", **spec}, expect=201)
    assert api.response.headers["Location"].endswith(f"{BASE}/datastores/web")
    del spec["credentials"]
    replaced = await api("PUT", "/datastores/web", {"name": "web", **spec, "description": "Water"})
    assert (replaced["description"], replaced["credentials"]) == ("Water", created["credentials"])
    assert MARK not in str([created, replaced])
    local = await api("PUT", "/datastores/web", {"name": "web", "type": "local", "path": "lake"})
    assert (local["type"], local["credentials"]) == ("local", [])
    assert (await api.refused("PUT", "/datastores/web", {"name": "w", **spec}, status=400))["field"] == "name"
    outside = {"name": "web", "type": "local", "path": "../.."}
    assert (await api.refused("PUT", "/datastores/web", outside, status=400))["field"] == "path"
    await api.refused("PUT", "/datastores/web", {"name": "web", **spec}, status=409, revision=created["revision"])
    await api.refused("PUT", "/datastores/workspaceblobstore", {"name": "workspaceblobstore", **spec}, status=409)


async def test_files_are_listed(api, lake):
    (lake / "sub").mkdir()
    (lake / "a.csv").write_text("x\n")
    await api("POST", "/datastores", {"name": "lake", "type": "local", "path": "lake"}, expect=201)
    found = await api("GET", "/datastores/lake/files")
    assert [(item["path"], item["is_directory"], item["size"]) for item in found["items"]] == [
        ("sub", True, None),
        ("a.csv", False, 2),
    ]
    assert (await api("GET", "/datastores/lake/files", limit="1"))["total"] == 2
    assert (await api("GET", "/datastores/lake/files", path="sub"))["items"] == []
    await api.refused("GET", "/datastores/lake/files", path="none", status=404)
    await api.refused("GET", "/datastores/lake/files", path="../x", status=400)


@pytest.mark.usefixtures("lake")
async def test_a_process_of_a_kernel_reads_credentials_and_names_and_that_is_recorded(api, shared, app, root):
    spec = {"type": "http", "url": "http://127.0.0.1:9", "credentials": {"headers": {"Authorization": MARK}}}
    await api("POST", "/datastores", {"name": "web", **spec}, expect=201)
    (root / "lake" / "a.csv").write_text("x\n")
    data = shared.data.create({"name": "of_kernel", "path": str(root / "lake" / "a.csv")})
    await app._start_jupyter_server_extension(app.serverapp)
    before = shared._context.store.events.last()
    code = "from jupyter_ml.broker.client import *; print(ask('web').credentials, locate('azureml://data/of_kernel'))"
    env = {**os.environ, "JPY_SESSION_NAME": "kernel.ipynb"}
    kernel = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, env=env)
    out, _ = await kernel.communicate()
    assert MARK in out.decode()
    assert f"location='{data.path}'" in out.decode()
    [edge] = shared.lineage.get("azureml:of_kernel:1").edges
    assert (edge.target, edge.role) == ("notebook:kernel.ipynb", "read")
    [event] = [event for event in shared._context.store.events.since(before) if event.kind == "datastore"]
    assert (event.type, event.name, event.data) == ("datastore_secret_read", "web", {"process": kernel.pid})
    shared.data.delete("of_kernel")
    path = Path(os.environ["JUPYTER_ML_BROKER"])
    assert path.parent.stat().st_mode & 0o777 == 0o700
    await app.stop_extension()
    assert not path.exists()  # noqa: ASYNC240 -- takes no time
    assert "JUPYTER_ML_BROKER" not in os.environ
