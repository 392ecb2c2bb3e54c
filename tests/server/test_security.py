# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Who may do what, and what comes from elsewhere."""

from __future__ import annotations

import json

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

from tests.server.api import BASE, DOCUMENT
from tests.workspaces import write_notebook

COMMAND = {"type": "command", "command": "true"}
JOB = json.dumps({"job": COMMAND})
OPERATIONS = [
    (method.upper(), path.format(name="x", path="y"), operation["tags"][0])
    for path, verbs in DOCUMENT["paths"].items()
    for method, operation in verbs.items()
]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "token wrong"}], ids=["missing", "wrong"])
async def test_nothing_is_told_or_done_without_the_token(fetch, shared, headers):
    before = shared.jobs.list().total
    for method, path, _ in OPERATIONS:
        answer = await fetch(path, method=method, headers=headers, body=JOB if method == "POST" else None)
        assert answer.code == 403, path
        assert method == "HEAD" or json.loads(answer.body)["error"]["code"] == "forbidden"
    assert shared.jobs.list().total == before


class Forbid(Authorizer):
    """Lets nobody write, and experiments nobody see; remembers what it was asked."""

    asked: list = []  # noqa: RUF012

    def is_authorized(self, handler, user, action, resource):
        self.asked.append((action, resource))
        return action == "read" and resource != "jupyter_ml:experiments"


@pytest.fixture
def forbidding():
    Forbid.asked.clear()
    return {"ServerApp": {"jpserver_extensions": {"jupyter_ml": True}, "authorizer_class": Forbid}}


class TestAuthorizer:
    """With an authorizer that forbids."""

    @pytest.fixture
    def jp_server_config(self, forbidding):
        return forbidding

    async def test_each_verb_asks_for_its_own_resource(self, fetch, shared):
        before = shared.jobs.list().total
        for method, path, noun in OPERATIONS:
            answer = await fetch(path, method=method, body=JOB if method == "POST" else None)
            action = "read" if method in ("GET", "HEAD") else "write"
            resource = "jupyter_ml:jobs" if noun not in ("experiments", "workspace") else f"jupyter_ml:{noun}"
            assert (action, resource) in Forbid.asked, (method, path)
            assert (answer.code == 403) == (action == "write" or noun == "experiments"), (method, path, answer.code)
        assert shared.jobs.list().total == before


async def test_a_form_on_another_site_submits_nothing(fetch, shared, jp_serverapp, jp_base_url):
    """A browser sends the cookie of somebody who is logged in along; the token in the body it does not know."""
    login = await fetch(f"/login?token={jp_serverapp.identity_provider.token}", headers={}, follow_redirects=False)
    cookies = "; ".join(cookie.partition(";")[0] for cookie in login.headers.get_list("Set-Cookie"))
    assert (await fetch(f"{BASE}/workspace", headers={"Cookie": cookies})).code == 200
    before = shared.jobs.list().total
    for origin in ({}, {"Origin": "https://evil.example", "Referer": "https://evil.example/"}):
        headers = {"Cookie": cookies, "Content-Type": "text/plain", **origin}
        answer = await fetch(f"{BASE}/jobs", method="POST", body=JOB, headers=headers)
        assert answer.code in (403, 404), origin
        assert (await fetch(f"{BASE}/jobs/x", method="DELETE", headers=headers)).code in (403, 404)
    assert shared.jobs.list().total == before


async def test_the_event_stream_is_not_for_strangers(jp_ws_fetch, jp_serverapp):
    with pytest.raises(HTTPClientError) as raised:
        await jp_ws_fetch("api", "events", "subscribe", headers={"Authorization": "token wrong"})
    assert raised.value.code == 403


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
async def test_nothing_outside_of_the_root_is_taken(api, root, tmp_path, field, job):
    outside = write_notebook(tmp_path / "elsewhere" / "outside.ipynb", "1")
    (root.parent / "outside.ipynb").write_text(outside.read_text())
    for link, target in (("link.ipynb", outside), ("linked", outside.parent)):
        (root / link).unlink(missing_ok=True)
        (root / link).symlink_to(target)
    error = await api.refused("POST", "/jobs", {"job": job}, status=400)
    assert (error["code"], error["field"]) == ("invalid_input", field)
    assert "outside" in error["message"]
    if field == "notebook":
        assert (await api.refused("GET", "/forms/job", path=job["notebook"], status=400))["field"] == "path"


async def test_a_path_that_begins_with_a_slash_means_the_root(api, root, ended):
    write_notebook(root / "plain.ipynb", "1")
    job = await api("POST", "/jobs", {"job": {"type": "notebook", "notebook": "/plain.ipynb"}}, expect=201)
    await ended(job["name"])
    (root.parent / "etc").mkdir(exist_ok=True)
    error = await api.refused("POST", "/jobs", {"job": {"type": "notebook", "notebook": "/etc/x.ipynb"}}, status=400)
    assert error["message"].startswith("etc/x.ipynb cannot be read")


async def test_files_of_a_job_are_all_that_can_be_downloaded(api, root, ended, shared, tmp_path):
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
