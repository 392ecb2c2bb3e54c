# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the routes that are built for a kind of resource, with experiments and with a kind that is only declared."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas import registry
from jupyter_ml.schemas.names import OPERATIONS
from jupyter_ml.server import openapi
from jupyter_ml.server.resources import resource_routes
from jupyter_ml.server.routed_kinds import RoutedKind, routed
from jupyter_ml.server.routes import BASE, ROUTES, operations_of
from tests.kinds import ENDPOINT, NOTE, NoteCreate, declare

DECLARED = json.loads(Path("tests/kinds.json").read_text())
"""What the front end gets to know of kinds that are only declared; its tests read it too."""


async def test_an_experiment_is_created_updated_archived_and_deleted(api):
    created = await api("POST", "/experiments", {"name": "trees", "description": "Forests"}, expect=201)
    assert api.response.headers["Location"].endswith(f"{BASE}/experiments/trees")
    assert (created["jobs"], created["archived"]) == (0, False)
    assert await api("GET", "/experiments/trees") == created

    updated = await api(
        "PATCH", "/experiments/trees", {"description": "Woods"}, revision=(before := created["revision"])
    )
    assert (updated["description"], updated["revision"]) == ("Woods", before + 1)
    conflict = await api.refused("PATCH", "/experiments/trees", {"description": "x"}, status=409, revision=before)
    assert conflict["current"] == updated

    assert (await api("POST", "/experiments/trees/archive"))["archived"]
    assert (await api("GET", "/experiments", filter="trees"))["total"] == 0
    assert (await api("GET", "/experiments", filter="trees", archived="any"))["total"] == 1
    assert not (await api("POST", "/experiments/trees/restore"))["archived"]
    assert await api("DELETE", "/experiments/trees", expect=204) == b""
    for method, body in (("GET", None), ("PATCH", {"goal": "maximize"}), ("DELETE", None)):
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
    job = shared.jobs.submit({"type": "command", "command": "true", "tags": {"old": "1"}})
    name, revision = job.name, job.revision
    change = {"display_name": "Best", "starred": True, "tags": {"team": "red", "old": None}}
    changed = await api("PATCH", f"/jobs/{name}", change, revision=revision)
    assert (changed["display_name"], changed["starred"], changed["tags"]) == ("Best", True, {"team": "red"})
    assert changed["revision"] == revision + 1
    refused = await api.refused("PATCH", f"/jobs/{name}", {"starred": False}, status=409, revision=revision)
    assert (refused["current"]["name"], refused["current"]["revision"]) == (name, revision + 1)
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
    "list": {("/notes", "get"), ("/filters/note", "get")},
    "create": {("/notes", "post")},
    "get": {("/notes/{name}", "get")},
    "create_or_update": {("/notes/{name}", "put")},
    "update": {("/notes/{name}", "patch")},
    "delete": {("/notes/{name}", "delete")},
    "archive": {("/notes/{name}/archive", "post")},
    "restore": {("/notes/{name}/restore", "post")},
}


@pytest.mark.parametrize("operations", [OPERATIONS, {"list", "get"}, {"create", "archive"}, {"delete"}], ids=sorted)
def test_a_kind_has_a_route_for_each_of_its_operations_and_no_other(operations):
    name = replace(NOTE.name, operations=frozenset(operations))
    routes = resource_routes(RoutedKind(name, lambda: NOTE, lambda _: None))
    found = {(path, method) for path, method, _ in operations_of(routes)}
    assert found == set().union(*(ROUTES_OF[operation] for operation in operations))


@pytest.fixture
def declared_routes(shared, monkeypatch):
    """Add the routes of kinds that are only declared, before the server starts."""
    declare(monkeypatch, shared._context.store)
    routes = [route for kind in (NOTE, ENDPOINT) for route in resource_routes(routed(kind.name))]
    monkeypatch.setattr("jupyter_ml.server.extension.ROUTES", (*ROUTES, *routes))
    monkeypatch.setattr("jupyter_ml.server.openapi.ROUTES", (*ROUTES, *routes))
    monkeypatch.setattr("tests.server.api.DOCUMENT", openapi.document())


@pytest.mark.usefixtures("declared_routes")
@pytest.mark.parametrize("path", ["/notes", "/online-endpoints"])
async def test_a_declared_kind_has_all_operations(api, fetch, path):
    note = await api("POST", path, {"name": "one", "pages": 3}, expect=201)
    assert (note["pages"], api.response.headers["Location"].endswith(f"{BASE}{path}/one")) == (3, True)
    changed = await api("PATCH", f"{path}/one", {"pages": 4}, revision=note["revision"])
    assert changed == note | {"pages": 4, "revision": note["revision"] + 1}
    refused = await api.refused("PATCH", f"{path}/one", {"pages": 5}, status=409, revision=note["revision"])
    assert refused["current"] == changed
    assert (await api.refused("PATCH", f"{path}/one", {"sheets": 5}, status=400))["field"] == "sheets"
    assert await api("GET", path, sort="pages") == {"items": [await api("GET", f"{path}/one")], "total": 1}
    await api.refused("GET", path, status=400, sort="speed")
    assert (await api("POST", f"{path}/one/archive"))["archived"]
    assert not (await api("POST", f"{path}/one/restore"))["archived"]
    await api("DELETE", f"{path}/one", expect=204)
    await api.refused("PATCH", f"{path}/one", {"pages": 6}, status=404)
    assert (await fetch(f"{BASE}{path}", headers={})).code == 403


@pytest.mark.usefixtures("declared_routes")
@pytest.mark.parametrize("name", ["", " x ", "a\0", "..", "a/b", "-x", "x\n", "é", "x" * 256])
async def test_a_name_is_safe_whatever_the_kind(api, shared, name):
    error = await api.refused("POST", "/notes", {"name": name}, status=400)
    assert error["field"] == "name"
    assert "letters, digits, . _ and -" in error["message"]
    with pytest.raises(InvalidInputError, match="name: a name, version or label has letters"):
        shared.notes.create_or_update({"name": name})


@pytest.mark.usefixtures("declared_routes")
async def test_an_update_changes_something(api, shared):
    await api("POST", "/notes", {"name": "same"}, expect=201)
    error = await api.refused("PATCH", "/notes/same", {}, status=400)
    assert error["message"] == "nothing to change: give one of description, pages, tags"
    with pytest.raises(InvalidInputError, match="nothing to change"):
        shared.notes.update("same", {})
    for call, wanted in (
        (lambda: shared.notes.update("same", 5), r"expected NoteUpdate or a mapping of its fields \(got int\)"),
        (lambda: shared.notes.update("same", NoteCreate(name="same")), r"expected NoteUpdate .* \(got NoteCreate\)"),
        (lambda: shared.notes.create([]), r"expected NoteCreate .* \(got list\)"),
        (lambda: shared.notes.list("same"), r"expected NoteQuery .* \(got str\)"),
        (lambda: shared.notes.table(0), r"expected NoteQuery .* \(got int\)"),
        (lambda: shared.jobs.update("same", None), r"expected JobUpdate .* \(got NoneType\)"),
    ):
        with pytest.raises(InvalidInputError, match=wanted):
            call()


@pytest.mark.parametrize("path", ["/kinds", "/experiments/none", "/jobs/none/files"])
async def test_an_unknown_parameter_is_refused(api, path):
    assert (await api.refused("GET", path, status=400, colour="red"))["field"] == "colour"


async def test_an_unknown_compute_is_an_error_of_the_field(api):
    job = {"type": "command", "command": "true", "compute": "clod"}
    error = await api.refused("POST", "/jobs", {"job": job}, status=400)
    assert (error["field"], error["message"]) == ("compute", "compute: there is no compute 'clod'; there are: local")


@pytest.mark.usefixtures("declared_routes")
async def test_put_creates_a_resource_or_replaces_its_fields(api):
    body = {"name": "put", "pages": 3, "tags": {"a": "1"}}
    created = await api("PUT", "/notes/put", body, expect=201)
    assert api.response.headers["Location"].endswith(f"{BASE}/notes/put")
    assert await api("PUT", "/notes/put", body) == created, "nothing has changed"
    assert "Location" not in api.response.headers
    revision = created["revision"]
    replaced = await api("PUT", "/notes/put", {"name": "put", "description": "Why"}, revision=revision)
    assert (replaced["description"], replaced["pages"], replaced["tags"]) == ("Why", None, {})
    assert replaced["revision"] == revision + 1
    assert (await api.refused("PUT", "/notes/put", body, status=409, revision=revision))["current"] == replaced
    assert (await api.refused("PUT", "/notes/put", {"name": "other"}, status=400))["field"] == "name"
    await api.refused("PUT", "/notes/missing", {"name": "missing"}, status=404, revision=1)
    document = openapi.document()["paths"][f"{BASE}/notes/{{name}}"]["put"]
    assert (document["operationId"], [*document["responses"]]) == ("createOrUpdateNote", ["200", "201", "default"])


@pytest.mark.usefixtures("declared_routes")
@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**300])
async def test_a_number_that_does_not_fit_its_column_is_refused(api, number):
    for method, path, body in (
        ("POST", "/notes", {"name": "big", "pages": number}),
        ("PUT", "/notes/big", {"name": "big", "pages": number}),
    ):
        error = await api.refused(method, path, body, status=400)
        assert (error["field"], error["message"].startswith("pages: must be between")) == ("pages", True)


@pytest.mark.parametrize("digits", [20, 400, 5_000])
async def test_numbers_of_any_size_are_handled(api, digits):
    number = "9" * digits
    for path, query in (
        ("/jobs", {"offset": number}),
        ("/jobs", {"limit": number}),
        ("/jobs/none/files", {"offset": number}),
        ("/jobs/none/events", {"attempt": number}),
        ("/jobs/none/events/text", {"position": number}),
    ):
        assert (await api.refused("GET", path, status=400, **query))["field"] in query
    assert (await api.refused("PATCH", "/experiments/none", {}, status=400, revision=number))["field"] == "revision"
    for filter in ("alpha>{}", "alpha={}", "parameter:alpha<-{}"):  # noqa: A001
        if digits < 2_000:  # characters of a filter
            assert (await api("GET", "/jobs", filter=filter.format(number)))["total"] == 0


@pytest.mark.usefixtures("declared_routes")
async def test_the_front_end_gets_to_know_all_kinds(api):
    kinds = {kind["name"]: kind for kind in await api("GET", "/kinds")}
    assert [*kinds] == [*registry.KINDS]
    assert kinds["online_endpoint"]["path"] == "/online-endpoints"
    assert kinds["experiment"]["follows"] == ["job"]
    assert [kinds[name] for name in ("note", "online_endpoint", "paper")] == DECLARED


@pytest.mark.usefixtures("declared_routes")
async def test_changes_of_a_declared_kind_are_emitted(api, jp_serverapp):
    received = asyncio.Queue()

    async def receive(logger, schema_id, data):
        await received.put(data)

    schema = "https://events.jupyter.org/jupyter_ml/online_endpoint/v1"
    jp_serverapp.event_logger.add_listener(schema_id=schema, listener=receive)
    await api("POST", "/online-endpoints", {"name": "live"}, expect=201)
    event = await asyncio.wait_for(received.get(), 30)
    assert (event["type"], event["kind"], event["name"]) == ("online_endpoint_created", "online_endpoint", "live")
