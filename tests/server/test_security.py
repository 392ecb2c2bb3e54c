# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test authentication, authorization, and the confinement of paths."""

from __future__ import annotations

import inspect
import json
import re

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

from jupyter_ml.schemas.assets import AssetSource
from jupyter_ml.schemas.names import NAMES
from jupyter_ml.server.routes import ROUTES, operations_of
from tests.server.api import BASE, DOCUMENT
from tests.workspaces import write_notebook

COMMAND = {"type": "command", "command": "true"}
JOB = json.dumps({"job": COMMAND})
OPERATIONS = [
    (method.upper(), path.format(name="x", path="y", version="1"), operation["tags"][0])
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}], ids=["missing", "wrong"])
async def test_every_operation_requires_the_token(fetch, shared, headers):
    before = shared.jobs.list().total
    for method, path, _ in OPERATIONS:
        response = await fetch(path, method=method, headers=headers, body=JOB if method == "POST" else None)
        assert response.code == 403, path
        assert method == "HEAD" or json.loads(response.body)["error"]["code"] == "forbidden"
    assert shared.jobs.list().total == before


class Forbid(Authorizer):
    """Refuse writing, and reading of experiments; record the calls."""

    calls: list = []  # noqa: RUF012

    def is_authorized(self, handler, user, action, resource):
        self.calls.append((action, resource))
        return action == "read" and resource != "jupyter_ml:experiments"


@pytest.fixture
def forbidding():
    Forbid.calls.clear()
    return {"ServerApp": {"jpserver_extensions": {"jupyter_ml": True}, "authorizer_class": Forbid}}


class TestAuthorizer:
    """An authorizer that refuses writing."""

    @pytest.fixture
    def jp_server_config(self, forbidding):
        return forbidding

    async def test_each_operation_is_authorized_for_its_resource(self, fetch, shared):
        before = shared.jobs.list().total
        for method, path, _ in OPERATIONS:
            Forbid.calls.clear()
            response = await fetch(path, method=method, body=JOB if method == "POST" else None)
            action = "read" if method in ("GET", "HEAD") else "write"
            resource = resource_of(path.partition("?")[0].removeprefix(f"{BASE}/"))
            assert Forbid.calls[0] == (action, resource), (method, path)
            more = {name.segment for name in NAMES} if resource == "jupyter_ml:lineage" else set()
            allowed = {
                ("read", "contents"),
                ("read", "kernels"),
                *(("read", f"jupyter_ml:{segment}") for segment in more),
            }
            assert allowed.issuperset(Forbid.calls[1:]), (method, path)
            refused = action == "write" or resource == "jupyter_ml:experiments"
            assert (response.code == 403) == refused, (method, path, response.code)
        assert shared.jobs.list().total == before


class ForbidContents(Authorizer):
    """Refuse reading files below the root directory, and kernels."""

    def is_authorized(self, handler, user, action, resource):
        return resource not in ("contents", "kernels")


class TestContents:
    """An authorizer that refuses Jupyter's contents and kernels."""

    @pytest.fixture
    def jp_server_config(self):
        return {"ServerApp": {"jpserver_extensions": {"jupyter_ml": True}, "authorizer_class": ForbidContents}}

    async def test_what_reads_resources_of_jupyter_needs_their_permission_too(self, fetch, shared):
        before = shared.jobs.list().total
        for path, operations in DOCUMENT["paths"].items():
            for method, operation in operations.items():
                reads = "x-reads" in operation
                if method not in ("get", "head") and not reads:
                    continue
                body = JOB if method == "post" else None
                response = await fetch(path.format(name="x", path="y", version="1"), method=method.upper(), body=body)
                assert (response.code == 403) == reads, (method, path)
        assert shared.jobs.list().total == before


class ForbidJobs(Authorizer):
    """Refuse reading jobs; it answers later, as authorizers may."""

    async def is_authorized(self, handler, user, action, resource):
        return resource != "jupyter_ml:jobs"


class TestLineage:
    """An authorizer that refuses jobs."""

    @pytest.fixture
    def jp_server_config(self):
        return {"ServerApp": {"jpserver_extensions": {"jupyter_ml": True}, "authorizer_class": ForbidJobs}}

    async def test_what_the_user_may_not_read_is_left_out(self, fetch, shared, tmp_path):
        (tmp_path / "a.csv").write_text("a\n1\n")
        raw = shared.data.create({"name": "of-a-secret-job", "path": str(tmp_path / "a.csv")})
        made = shared.data.create(
            {"name": "of-a-secret-job", "path": str(tmp_path / "a.csv")}, source=AssetSource(job="secret_job")
        )
        assert len(shared.lineage.get(made.reference).nodes) == 2
        response = await fetch(f"{BASE}/lineage?reference=data:of-a-secret-job:{made.version}")
        found = json.loads(response.body)
        assert [node["id"] for node in found["nodes"]] == [f"data:of-a-secret-job:{made.version}"]
        assert (found["edges"], found["nodes"][0]["sources"]) == ([], 0)
        assert (await fetch(f"{BASE}/lineage?reference=job:secret_job")).code == 404
        assert raw.version != made.version


@pytest.mark.parametrize("described", list(operations_of(ROUTES)), ids=lambda described: described[2].operation_id)
def test_what_reads_resources_of_jupyter_is_declared(described):
    operation = described[2]
    source = inspect.getsource(operation.method)
    assert (re.search(r"root=(self\.app\.)?root\b", source) is not None) == (operation.reads == "contents")
    assert ("self.kernel_manager" in source) == (operation.reads == "kernels")


OF_OTHERS = {"kinds": "workspace", "workspaces": "workspace", "data-view": "data", "compute-types": "computes"}
"""Resources of paths that are not of a kind."""


def resource_of(path):
    """Return the resource for which an operation is authorized: the one whose values it has."""
    first, *rest = re.split("[/:]", path)
    if first in ("filters", "forms"):
        return f"jupyter_ml:{next(name.segment for name in NAMES if name.command == rest[0])}"
    if rest[1:] and rest[1].startswith("run") and first == "experiments":
        return "jupyter_ml:jobs"
    return f"jupyter_ml:{OF_OTHERS.get(first, first)}"


async def test_cross_site_requests_are_refused(fetch, shared, jp_serverapp, jp_base_url):
    """A browser sends the cookies of a logged-in user with them, but no XSRF token."""
    login = await fetch(f"/login?token={jp_serverapp.identity_provider.token}", headers={}, follow_redirects=False)
    cookies = "; ".join(cookie.partition(";")[0] for cookie in login.headers.get_list("Set-Cookie"))
    assert (await fetch(f"{BASE}/workspace", headers={"Cookie": cookies})).code == 200
    before = shared.jobs.list().total
    for origin in ({}, {"Origin": "https://evil.example", "Referer": "https://evil.example/"}):
        headers = {"Cookie": cookies, "Content-Type": "text/plain", **origin}
        response = await fetch(f"{BASE}/jobs", method="POST", body=JOB, headers=headers)
        assert response.code in (403, 404), origin
        assert (await fetch(f"{BASE}/jobs/x", method="DELETE", headers=headers)).code in (403, 404)
    assert shared.jobs.list().total == before


async def test_the_event_stream_requires_the_token(jp_ws_fetch, jp_serverapp):
    with pytest.raises(HTTPClientError) as raised:
        await jp_ws_fetch("api", "events", "subscribe", headers={"Authorization": "token wrong"})
    assert raised.value.code == 403


@pytest.fixture
def links(root, tmp_path):
    """Add links to a notebook outside of the root, and to its directory; later tests share the root."""
    outside = write_notebook(tmp_path / "elsewhere" / "outside.ipynb", "1")
    (root.parent / "outside.ipynb").write_text(outside.read_text())
    links = {root / "link.ipynb": outside, root / "linked": outside.parent}
    for link, target in links.items():
        link.symlink_to(target)
    yield
    for link in links:
        link.unlink()


@pytest.mark.usefixtures("links")
@pytest.mark.parametrize(
    ("field", "job"),
    [
        ("notebook", {"type": "notebook", "notebook": "../outside.ipynb"}),
        ("notebook", {"type": "notebook", "notebook": "a/../../outside.ipynb"}),
        ("notebook", {"type": "notebook", "notebook": "link.ipynb"}),
        ("notebook", {"type": "notebook", "notebook": "linked/outside.ipynb"}),
        ("code", {**COMMAND, "code": ".."}),
        ("code", {**COMMAND, "code": "linked"}),
        ("inputs.data.path", {**COMMAND, "inputs": {"data": {"type": "uri_folder", "path": "../"}}}),
        ("inputs.data.path", {**COMMAND, "inputs": {"data": {"type": "uri_file", "path": "link.ipynb"}}}),
    ],
)
async def test_paths_outside_of_the_root_are_refused(api, field, job):
    error = await api.refused("POST", "/jobs", {"job": job}, status=400)
    assert (error["code"], error["field"]) == ("invalid_input", field)
    assert "outside" in error["message"]
    if field == "notebook":
        assert (await api.refused("GET", "/forms/job", path=job["notebook"], status=400))["field"] == "path"


async def test_an_absolute_path_is_relative_to_the_root(api, root, ended):
    write_notebook(root / "plain.ipynb", "1")
    job = await api("POST", "/jobs", {"job": {"type": "notebook", "notebook": "/plain.ipynb"}}, expect=201)
    await ended(job["name"])
    (root.parent / "etc").mkdir(exist_ok=True)
    error = await api.refused("POST", "/jobs", {"job": {"type": "notebook", "notebook": "/etc/x.ipynb"}}, status=400)
    assert error["message"].startswith("etc/x.ipynb")


async def test_only_files_of_the_job_can_be_downloaded(api, root, ended, shared, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    write_notebook(
        root / "links.ipynb",
        f"import os\nos.symlink({str(tmp_path / 'secret.txt')!r}, 'outputs/link.txt')\nos.symlink('/', 'outputs/top')",
    )
    job = await api("POST", "/jobs", {"job": {"type": "notebook", "notebook": "links.ipynb"}}, expect=201)
    name = job["name"]
    await ended(name)
    assert "outputs/link.txt" not in {file["path"] for file in (await api("GET", f"/jobs/{name}/files"))["items"]}
    for path in (
        "outputs/link.txt", f"outputs/top{tmp_path}/secret.txt", "launch.json", "events.jsonl", "../1/launch.json",
        "outputs/../launch.json", "outputs/..%2flaunch.json", "%2e%2e/%2e%2e/%2e%2e/workspace.yml",
        "outputs%00", "outputs", "outputs/" + "x" * 5_000,
    ):  # fmt: skip
        error = await api.refused("GET", f"/jobs/{name}/files/{path}", status=404)
        assert error["code"] == "not_found"
