# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that invalid requests are refused with a message and a field, and change nothing."""

from __future__ import annotations

import json

import pytest

from tests.server.api import BASE
from tests.workspaces import write_notebook

COMMAND = {"type": "command", "command": "true"}


@pytest.fixture(scope="module")
def old_job(shared) -> str:
    """Return the name of an ended job."""
    job = shared.jobs.submit({"type": "command", "command": "echo hello"})
    return shared.jobs.wait(job.name).name


@pytest.fixture
def nothing_changes(shared, old_job):
    """Fail if jobs, experiments or snapshots have changed."""

    def state():
        snapshots = sorted(path.name for path in shared._context.layout.snapshots.glob("*"))
        return shared.jobs.list().total, shared.experiments.list().total, snapshots

    before = state()
    yield
    assert state() == before


@pytest.mark.usefixtures("nothing_changes")
class TestBodies:
    """Bodies of a submission."""

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"null",
            b"[]",
            b'"x"',
            b"\xff\xfe",
            b"NaN",
            b'{"job": null}',
            b'{"job": []}',
            b'{"job": {}}',
            b"[" * 100_000,
        ],
        ids=lambda body: body[:12].decode(errors="replace"),
    )
    async def test_malformed(self, api, body):
        error = await api.refused("POST", "/jobs", raw=body, status=400)
        assert error["code"] == "invalid_input"
        assert error["message"]

    async def test_oversized(self, api, app):
        body = json.dumps({"job": {"type": "command", "command": "x" * app.max_body_bytes}}).encode()
        error = await api.refused("POST", "/jobs", raw=body, status=413)
        assert error["code"] == "too_large"
        assert "max_body_bytes" in error["message"]

    @pytest.mark.parametrize(
        ("field", "job"),
        [
            ("type", {"type": "spaceship"}),
            ("notebook", {"type": "notebook"}),
            ("notebook", {"type": "notebook", "notebook": 5}),
            ("notebok", {"type": "notebook", "notebook": "train.ipynb", "notebok": "x"}),
            ("command", {"type": "command", "command": ""}),
            ("retries", {**COMMAND, "retries": -1}),
            ("limits.timeout", {**COMMAND, "limits": {"timeout": "soon"}}),
            ("name", {**COMMAND, "name": "../../x"}),
            ("tags.x", {**COMMAND, "tags": {"x": 5}}),
            ("notebook", {"type": "notebook", "notebook": "\0"}),
            ("parameters.alpha", {"type": "notebook", "notebook": "train.ipynb", "parameters": {"alpha": "high"}}),
            ("parameters.alpa", {"type": "notebook", "notebook": "train.ipynb", "parameters": {"alpa": 1}}),
            ("kernel_name", {"type": "notebook", "notebook": "train.ipynb", "kernel_name": "pyton3"}),
            ("secrets", {**COMMAND, "secrets": ["NOT_THERE"]}),
            ("inputs.x.path", {**COMMAND, "inputs": {"x": {"type": "uri_file", "path": "no"}}}),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )  # fmt: skip
    async def test_an_invalid_field_is_reported(self, api, train, field, job):
        error = await api.refused("POST", "/jobs", {"job": job}, status=400)
        assert (error["code"], error["field"]) == ("invalid_input", field)

    async def test_an_invalid_notebook_is_reported(self, api, root):
        for content in ("", "{}", "[1]", json.dumps({"nbformat": 3}), "x" * 1000, '{"nbformat": 4, "cells": [5]}'):
            (root / "bad.ipynb").write_text(content)
            job = {"type": "notebook", "notebook": "bad.ipynb"}
            assert "bad.ipynb" in (await api.refused("POST", "/jobs", {"job": job}, status=400))["message"]
            assert "bad.ipynb" in (await api.refused("GET", "/forms/job", path="bad.ipynb", status=400))["message"]

    async def test_messages_contain_contents_paths_only(self, api, root):
        (root / "bad.ipynb").write_text("{")
        (root / "none").touch()
        (root / "sub").mkdir(exist_ok=True)
        missing = {"x": {"type": "uri_file", "path": "sub/data.csv"}}
        for job, start in (
            ({"type": "notebook", "notebook": "bad.ipynb"}, "bad.ipynb is not a notebook"),
            ({"type": "notebook", "notebook": "sub/no.ipynb"}, "sub/no.ipynb cannot be read: No such file"),
            (
                {"type": "notebook", "notebook": "bad.ipynb", "code": "sub"},
                "notebook: bad.ipynb ",
            ),
            ({"type": "notebook", "notebook": "none", "code": ""}, "code: must not be empty"),
            ({**COMMAND, "code": "none"}, "code: none "),
            ({**COMMAND, "code": "0" * 300}, f"code: '{'0' * 100}"),
            (
                {**COMMAND, "inputs": {"x": {"type": "uri_file", "path": "0" * 300}}},
                f"inputs.x.path: '{'0' * 100}",
            ),
            ({**COMMAND, "inputs": {"x": {"type": "uri_file", "path": ""}}}, "inputs.x.path: must not be empty"),
            (
                {**COMMAND, "inputs": missing},
                "inputs.x.path: sub/data.csv does not exist; paths start at",
            ),
        ):
            message = (await api.refused("POST", "/jobs", {"job": job}, status=400))["message"]
            assert message.startswith(start)
            assert str(root) not in message

    @pytest.mark.parametrize("text", ["0" * 300, "0/" * 2_000 + "0" * 96, "\0"], ids=["name", "path", "NUL"])
    @pytest.mark.parametrize(
        ("path", "field", "body"),
        [
            *(("/environments", key, {}) for key in ("conda_file", "requirements", "script", "pyproject")),
            ("/environments", "build.path", {}),
            ("/data", "path", {}),
            ("/models", "path", {}),
            ("/datastores", "path", {"type": "local"}),
        ],
    )  # fmt: skip
    async def test_a_path_that_no_file_can_have_is_reported(self, api, path, field, body, text):
        value = {"path": text} if field == "build.path" else text
        error = await api.refused("POST", path, {"name": "x", **body, field.partition(".")[0]: value}, status=400)
        assert (error["code"], error["field"]) == ("invalid_input", field)
        assert len(error["message"]) < 1_000

    async def test_a_duplicate_name_is_a_conflict(self, api, old_job):
        body = {"job": {**COMMAND, "name": old_job}}
        assert (await api.refused("POST", "/jobs", body, status=409))["code"] == "conflict"


@pytest.mark.usefixtures("nothing_changes")
class TestURLs:
    """Names and query strings."""

    @pytest.mark.parametrize(
        "name", ["missing", "x" * 2_000, "%00", "%2e%2e", "..%2f..%2fetc", "%F0%9F%92%A5", "a%20b", "%ff"]
    )
    async def test_unknown_names(self, api, name):
        for path in ("", "/attempts", "/events", "/notebook", "/metrics", "/usage", "/files", "/files/x"):
            status = 400 if name == "%ff" else 404
            assert (await api.refused("GET", f"/jobs/{name}{path}", status=status))["message"]
        for operation in ("cancel", "archive", "restore"):
            await api.refused("POST", f"/jobs/{name}/{operation}", status=status)
        await api.refused("DELETE", f"/jobs/{name}", status=status)
        await api.refused("GET", f"/experiments/{name}", status=status)

    @pytest.mark.parametrize(
        ("path", "query", "field"),
        [
            ("/jobs", {"state": "Running"}, "state"),
            ("/jobs", {"": "true"}, None),
            ("/jobs", {"states": "running"}, "states.0"),
            ("/jobs", {"limit": 0}, "limit"),
            ("/jobs", {"limit": 1_000_000}, "limit"),
            ("/jobs", {"limit": "many"}, "limit"),
            ("/jobs", {"offset": -1}, "offset"),
            ("/jobs", {"offset": 10**30}, "offset"),
            ("/jobs", {"sort": "password"}, "sort"),
            ("/jobs", {"filter": "metrics.r2 > good"}, "filter"),
            ("/jobs", {"filter": "foo:bar"}, "filter"),
            ("/jobs", {"filter": "x" * 10_000}, "filter"),
            ("/experiments", {"filter": "is:failed"}, "filter"),
            ("/jobs", {"archived": "perhaps"}, "archived"),
            ("/jobs", {"created_after": "yesterday"}, "created_after"),
            ("/jobs", {"filter": ["a", "b"]}, "filter"),
            ("/forms/job", {}, None),
            ("/forms/job", {"path": "a", "job": "b"}, None),
            ("/forms/job", {"path": "missing.ipynb"}, None),
            ("/experiments", {"archived": "x"}, "archived"),
        ],
    )
    async def test_invalid_query_strings(self, api, path, query, field):
        error = await api.refused("GET", path, status=400, **query)
        assert error["field"] == field

    async def test_invalid_ranges_of_an_event_log(self, api, old_job):
        for query in ({"offset": 3}, {"offset": 10**9}, {"limit_bytes": 10**9}, {"attempt": 0}, {"offset": -1}):
            await api.refused("GET", f"/jobs/{old_job}/events", status=400, **query)
        assert "attempt 99" in (await api.refused("GET", f"/jobs/{old_job}/events", attempt=99, status=404))["message"]
        await api.refused("GET", f"/jobs/{old_job}/metrics", max_points=10**6, status=400)

    async def test_invalid_ranges_and_searches_of_a_text(self, api, old_job):
        for query in ({}, {"position": -1}, {"position": 10**9}, {"position": 1, "limit_bytes": 10**9}):
            await api.refused("GET", f"/jobs/{old_job}/events/text", status=400, **query)
        for query in ({}, {"text": ""}, {"text": "x" * 1_001}, {"text": "x", "limit": 10**6}):
            await api.refused("GET", f"/jobs/{old_job}/events/search", status=400, **query)

    async def test_an_unknown_path_or_method(self, fetch):
        for method, path, status in (
            ("GET", "/nowhere", 404),
            ("GET", "/jobs/x/y/z", 404),
            ("PUT", "/jobs", 405),
            ("DELETE", "/jobs", 405),
        ):
            response = await fetch(BASE + path, method=method)
            assert response.code == status
            assert json.loads(response.body)["error"]["message"]

    async def test_query_parameters_of_jupyterlab_are_ignored(self, api, jp_serverapp):
        await api("GET", "/jobs", **{"1732270000000": "", "token": jp_serverapp.identity_provider.token})


async def test_an_unexpected_error_reveals_no_details(api, app, monkeypatch):
    await api("GET", "/workspace")
    monkeypatch.setattr(type(app.workspace.jobs), "get", lambda self, name: 1 / 0)
    error = await api.refused("GET", "/jobs/x", status=500)
    assert error["code"] == "internal_server_error"
    assert "division" not in error["message"]


async def test_an_invalid_workspace_is_reported(api, app, tmp_path, root):
    settings = root / ".jupyter-ml" / "workspace.yml"
    original = settings.read_text()
    settings.write_text("nmae: x")
    try:
        error = await api.refused("GET", "/workspace", status=400)
        assert "nmae" in error["message"]
    finally:
        settings.write_text(original)
    assert (await api("GET", "/workspace"))["name"] == "test"


async def test_the_largest_file_of_a_directory_that_is_too_large_is_reported(api, root, shared):
    folder = root / "big"
    folder.mkdir(exist_ok=True)
    write_notebook(folder / "nb.ipynb", "1")
    with (folder / "model.bin").open("wb") as file:
        file.truncate(400 * 1024**2)
    job = {"type": "notebook", "notebook": "big/nb.ipynb", "code": "big"}
    try:
        error = await api.refused("POST", "/jobs", {"job": job}, status=413)
    finally:
        (folder / "model.bin").unlink()  # the root directory is the code of other jobs
    assert error["code"] == "too_large"
    assert "model.bin" in error["message"]
