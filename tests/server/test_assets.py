# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The routes, the OpenAPI document and the events of a kind of versioned asset that is only declared."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.names import KindName
from jupyter_ml.server import openapi
from jupyter_ml.server.operations import METHODS
from jupyter_ml.server.resources import resource_routes
from jupyter_ml.server.routed_kinds import RoutedKind, routed
from jupyter_ml.server.routes import BASE, ROUTES
from tests.kinds import PAPER, declare


def test_an_asset_and_its_versions_have_routes():
    routes = resource_routes(RoutedKind(PAPER.name, lambda: PAPER, lambda _: None))
    found = {
        (path, method): getattr(handler, method).operation.operation_id
        for path, handler in routes
        for method in METHODS
        if hasattr(getattr(handler, method), "operation")
    }
    version = "/papers/{name}/versions/{version}"
    assert found == {
        ("/papers", "get"): "listPapers",
        ("/filters/paper", "get"): "checkPaperFilter",
        ("/papers", "post"): "createPaper",
        ("/papers/{name}", "get"): "getPaper",
        ("/papers/{name}", "delete"): "deletePaper",
        ("/papers/{name}/archive", "post"): "archivePaper",
        ("/papers/{name}/restore", "post"): "restorePaper",
        ("/papers/{name}/versions", "get"): "listPaperVersions",
        (version, "get"): "getPaperVersion",
        (version, "patch"): "updatePaperVersion",
        (version, "delete"): "deletePaperVersion",
        (f"{version}/archive", "post"): "archivePaperVersion",
        (f"{version}/restore", "post"): "restorePaperVersion",
    }


def test_the_operations_of_a_kind_with_one_word_for_one_and_many_have_different_ids():
    name = KindName("data", "data", "files and directories", versioned=True)
    routes = dict(resource_routes(RoutedKind(name, lambda: PAPER, lambda _: None)))
    found = [
        getattr(handler, method).operation.operation_id
        for handler in routes.values()
        for method in METHODS
        if hasattr(getattr(handler, method), "operation")
    ]
    assert len(found) == len(set(found)) == 13
    assert {"listData", "getData", "listDataVersions", "getDataVersion"} <= {*found}
    assert [*routes][:3] == ["/data", "/filters/data", "/data/{name}"]


@pytest.fixture
def paper_routes(shared, monkeypatch):
    """Add the routes of a kind that is only declared, before the server starts."""
    declare(monkeypatch, shared._context.store)
    routes = resource_routes(routed(PAPER.name))
    monkeypatch.setattr("jupyter_ml.server.extension.ROUTES", (*ROUTES, *routes))
    monkeypatch.setattr("jupyter_ml.server.openapi.ROUTES", (*ROUTES, *routes))
    monkeypatch.setattr("tests.server.api.DOCUMENT", openapi.document())


@pytest.mark.usefixtures("paper_routes")
async def test_versions_are_created_found_updated_archived_and_deleted(api):
    first = await api("POST", "/papers", {"name": "a", "pages": 3, "labels": ["prod"]}, expect=201)
    assert api.response.headers["Location"].endswith(f"{BASE}/papers/a/versions/1")
    second = await api("POST", "/papers", {"name": "a", "version": "2026.1"}, expect=201)
    conflict = await api.refused("POST", "/papers", {"name": "a", "version": "2026.1", "pages": 9}, status=409)
    assert conflict["current"] == second

    first |= {"latest": False}
    assert await api("GET", "/papers/a") == second
    assert await api("GET", "/papers/a/versions/1") == await api("GET", "/papers/a@prod") == first
    assert await api("GET", "/papers") == {"items": [second], "total": 1}
    assert await api("GET", "/papers/a/versions", descending="false") == {"items": [first, second], "total": 2}
    assert (await api("GET", "/papers/a/versions", filter="nothing"))["total"] == 0

    path, before = "/papers/a/versions/2026.1", second["revision"]
    moved = await api("PATCH", path, {"labels": ["prod"]}, revision=before)
    assert (moved["labels"], moved["revision"]) == (["prod"], before + 1)
    stale = await api.refused("PATCH", path, {"labels": []}, status=409, revision=before)
    assert stale["current"] == moved
    assert (await api("POST", "/papers/a/versions/2026.1/archive"))["archived"]
    assert (await api("GET", "/papers"))["items"][0]["version"] == "1"
    assert (await api("POST", "/papers/a/archive"))["archived"]
    assert not (await api("POST", "/papers/a/restore"))["archived"]
    assert await api("DELETE", "/papers/a/versions/2026.1", expect=204) == b""
    await api("DELETE", "/papers/a", expect=204)
    for path in ("/papers/a", "/papers/a/versions", "/papers/a/versions/1"):
        await api.refused("GET", path, status=404)


@pytest.mark.usefixtures("paper_routes")
@pytest.mark.parametrize(
    ("operation", "body", "status", "field"),
    [
        ("POST /papers", {"name": "a b"}, 400, "name"),
        ("POST /papers", {"name": "x", "version": 2}, 400, "version"),
        ("PATCH /papers/a/versions/1", {"pages": 4}, 400, "pages"),
        ("PATCH /papers/a/versions/1", {"labels": ["latest"]}, 400, "labels.0"),
        ("GET /papers/a%20b", None, 400, None),
        ("GET /papers/a/versions/%2e%2e", None, 400, None),
        ("GET /papers/a/versions/9", None, 404, None),
        ("GET /papers/s3:%2F%2Fbucket%2Fkey?", None, 400, None),
    ],
)
async def test_what_is_not_valid_is_refused(api, operation, body, status, field):
    await api("POST", "/papers", {"name": "a"}, expect=201)
    error = await api.refused(*operation.split(), body, status=status)
    assert error["field"] == field


@pytest.mark.usefixtures("paper_routes")
def test_the_document_describes_versions():
    document = openapi.document()
    version = document["paths"][f"{BASE}/papers/{{name}}/versions/{{version}}"]
    assert [parameter["name"] for parameter in version["get"]["parameters"]] == ["name", "version"]
    assert version["patch"]["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/PaperUpdate")
    assert document["paths"][f"{BASE}/papers"]["get"]["operationId"] == "listPapers"
    assert set(document["components"]["schemas"]["Paper"]["required"]) >= {"name", "version", "latest", "labels"}
