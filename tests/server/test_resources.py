# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the routes that are built for a kind of resource, with experiments and with a kind that is only declared."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from jupyter_ml.schemas.names import OPERATIONS
from jupyter_ml.server.operations import METHODS
from jupyter_ml.server.resources import RoutedKind, resource_routes
from jupyter_ml.server.routes import BASE, ROUTES
from jupyter_ml.services.resources import ResourceService
from jupyter_ml.store.crud import ResourceStore
from tests.kinds import NOTE, metadata, notes


async def test_an_experiment_is_created_updated_archived_and_deleted(api):
    created = await api("POST", "/experiments", {"name": "trees", "description": "Forests"}, expect=201)
    assert api.response.headers["Location"].endswith(f"{BASE}/experiments/trees")
    assert (created["jobs"], created["revision"], created["archived"]) == (0, 1, False)
    assert await api("GET", "/experiments/trees") == created

    updated = await api("PATCH", "/experiments/trees", {"description": "Woods"}, revision=1)
    assert (updated["description"], updated["revision"]) == ("Woods", 2)
    conflict = await api.refused("PATCH", "/experiments/trees", {"description": "x"}, status=409, revision=1)
    assert conflict["current"] == updated

    assert (await api("POST", "/experiments/trees/archive"))["archived"]
    assert (await api("GET", "/experiments", filter="trees"))["total"] == 0
    assert (await api("GET", "/experiments", filter="trees", archived="any"))["total"] == 1
    assert not (await api("POST", "/experiments/trees/restore"))["archived"]
    assert await api("DELETE", "/experiments/trees", expect=204) == b""
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        await api.refused(method, "/experiments/trees", body, status=404)


async def test_a_list_is_sorted_and_paged(api):
    for name in ("page-b", "page-c", "page-a"):
        await api("POST", "/experiments", {"name": name}, expect=201)
    page = await api("GET", "/experiments", filter="page-", sort="name", descending="false", limit=2, offset=1)
    assert ([item["name"] for item in page["items"]], page["total"]) == (["page-b", "page-c"], 3)


async def test_a_filter_is_completed_and_checked(api):
    check = await api("GET", "/filters/job", filter="is:can", before="is:can")
    assert [each["before"] for each in check["completions"]] == ["is:canceled ", "is:cancelrequested "]
    assert ("unknown value 'can'" in check["error"], check["incomplete"]) == (True, True)
    check = await api("GET", "/filters/experiment", filter="trees")
    assert (check["error"], set(check["kinds"]) >= {"job", "experiment"}) == (None, True)
    await api.refused("GET", "/filters/jobs", status=404)
    assert "unknown key 'foo'" in (await api.refused("GET", "/jobs", filter="foo:bar", status=400))["message"]
    long = await api.refused("GET", "/jobs", filter="x" * 10_000, status=400)
    assert long["message"] == "the filter has 10,000 characters: at most 2,000 are allowed"


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        ("POST /experiments", {}, (400, "name")),
        ("POST /experiments", {"name": ""}, (400, "name")),
        ("POST /experiments", {"name": "taken"}, (409, None)),
        ("POST /experiments", {"name": "x", "jobs": 5}, (400, "jobs")),
        ("PATCH /experiments/taken", {"name": "other"}, (400, "name")),
        ("PATCH /experiments/taken", {"descripton": "x"}, (400, "descripton")),
        ("PATCH /experiments/taken", [], (400, None)),
        ("PATCH /experiments/missing", {"description": "x"}, (404, None)),
    ],
)
async def test_invalid_changes_are_refused(api, shared, operation, body, expected):
    if not shared.experiments.list(shared.experiments.kind.query(filter="taken")).total:
        shared.experiments.create({"name": "taken"})
    status, field = expected
    error = await api.refused(*operation.split(), body, status=status)
    assert error["field"] == field


async def test_a_job_is_updated_and_its_older_revision_is_refused(api, shared):
    name = shared.jobs.submit({"type": "command", "command": "true", "tags": {"old": "1"}}).name
    change = {"display_name": "Best", "starred": True, "tags": {"team": "red", "old": None}}
    changed = await api("PATCH", f"/jobs/{name}", change, revision=1)
    assert (changed["display_name"], changed["starred"], changed["tags"]) == ("Best", True, {"team": "red"})
    assert changed["revision"] == 2
    refused = await api.refused("PATCH", f"/jobs/{name}", {"starred": False}, status=409, revision=1)
    assert (refused["current"]["name"], refused["current"]["revision"]) == (name, 2)
    assert (await api.refused("PATCH", f"/jobs/{name}", {"stared": True}, status=400))["field"] == "stared"
    await asyncio.to_thread(shared.jobs.wait, name)
    await asyncio.to_thread(shared.jobs.delete, name)
    await api.refused("PATCH", f"/jobs/{name}", change, status=404)


async def test_all_jobs_that_match_are_changed(api, shared):
    names = [
        shared.jobs.submit({"type": "command", "command": "sleep 600", "experiment_name": "bulk"}).name
        for _ in range(3)
    ]
    result = await api("POST", "/jobs:cancel", experiment_name="bulk")
    assert result == {"matched": 3, "changed": 3, "refused": []}
    for name in names:
        await asyncio.to_thread(shared.jobs.wait, name)
    assert (await api("POST", "/jobs:archive", filter="is:canceled experiment:bulk"))["changed"] == 3
    assert (await api.refused("POST", "/jobs:delete", status=400))["field"] == "filter"
    assert (await api.refused("POST", "/jobs:delete", status=400, nonsense="1"))["field"] == "nonsense"


async def test_an_experiment_with_jobs_cannot_be_deleted(api, shared):
    shared.jobs.submit({"type": "command", "command": "true", "experiment_name": "used"})
    assert "in use" in (await api.refused("DELETE", "/experiments/used", status=409))["message"]


ROUTES_OF = {
    "list": ("/notes", "get"),
    "create": ("/notes", "post"),
    "get": ("/notes/{name}", "get"),
    "update": ("/notes/{name}", "patch"),
    "delete": ("/notes/{name}", "delete"),
    "archive": ("/notes/{name}/archive", "post"),
    "restore": ("/notes/{name}/restore", "post"),
}


@pytest.mark.parametrize("operations", [OPERATIONS, {"list", "get"}, {"create", "archive"}, {"delete"}], ids=sorted)
def test_a_kind_has_a_route_for_each_of_its_operations_and_no_other(operations):
    name = replace(NOTE.name, operations=frozenset(operations))
    routes = resource_routes(RoutedKind(name, lambda: NOTE, lambda _: None))
    found = {
        (path, method)
        for path, handler in routes
        for method in METHODS
        if hasattr(getattr(handler, method), "operation")
    }
    assert found == {ROUTES_OF[operation] for operation in operations}


@pytest.fixture
def note_routes(shared, monkeypatch):
    """Add the routes of a kind that is only declared, before the server starts."""
    database = shared._context.store.experiments._database
    with database.write() as connection:
        metadata.create_all(connection)
    service = ResourceService(shared._context, NOTE, ResourceStore(database, NOTE, notes))
    kind = RoutedKind(NOTE.name, lambda: NOTE, lambda _: service)
    monkeypatch.setattr("jupyter_ml.server.extension.ROUTES", (*ROUTES, *resource_routes(kind)))


@pytest.mark.usefixtures("note_routes")
async def test_a_declared_kind_has_all_operations(fetch):
    async def call(method, path, body=None):
        response = await fetch(f"{BASE}{path}", method=method, body=json.dumps(body) if body is not None else None)
        return response.code, json.loads(response.body) if response.body else None

    code, note = await call("POST", "/notes", {"name": "one", "pages": 3})
    assert (code, note["pages"]) == (201, 3)
    assert (await call("PATCH", "/notes/one?revision=1", {"pages": 4}))[1]["revision"] == 2
    code, refused = await call("PATCH", "/notes/one?revision=1", {"pages": 5})
    assert (code, refused["error"]["current"]["pages"], refused["error"]["current"]["revision"]) == (409, 4, 2)
    code, refused = await call("PATCH", "/notes/one", {"sheets": 5})
    assert (code, refused["error"]["field"]) == (400, "sheets")
    assert (await call("GET", "/notes?sort=pages"))[1] == {"items": [(await call("GET", "/notes/one"))[1]], "total": 1}
    assert (await call("GET", "/notes?sort=speed"))[0] == 400
    fetched = await fetch(f"{BASE}/notes/one/archive", method="POST", body="")
    assert json.loads(fetched.body)["archived"]
    assert (await call("DELETE", "/notes/one")) == (204, None)
    assert (await call("PATCH", "/notes/one", {"pages": 6}))[0] == 404
    assert (await fetch(f"{BASE}/notes", headers={})).code == 403
