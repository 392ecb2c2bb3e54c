# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that the server shows another workspace on request."""

from __future__ import annotations

import asyncio
import json
import os

import pytest

from jupyter_ml.schemas.workspace import ServerRecord
from jupyter_ml.services.recent import remember_workspace
from jupyter_ml.services.servers import record_server
from jupyter_ml.services.workspace import Workspace
from tests.server.test_events import read_until

OPENED = "https://events.jupyter.org/jupyter_ml/workspace/v1"


@pytest.fixture(scope="module")
def other(make_workspace, shared):
    """Yield another workspace below the root directory of the server."""
    with make_workspace(shared.folder.parent / "team", name="team") as made:
        yield made


@pytest.mark.usefixtures("shared")
class TestOpenWorkspace:
    async def test_all_clients_see_the_other_workspace(self, api, other, root, jp_ws_fetch):
        await api("GET", "/workspace")
        socket = await jp_ws_fetch("api", "events", "subscribe")
        info = await api("POST", "/workspace", {"folder": "team"})
        assert (info["name"], info["folder"], info["root"]) == ("team", str(other.folder), str(root))
        *_, event = await read_until(socket, lambda event: event["schema_id"] == OPENED)
        assert (event["name"], event["folder"]) == ("team", str(other.folder))
        assert (await api("GET", "/workspace"))["name"] == "team"
        await asyncio.to_thread(other.experiments.create, {"name": "theirs"})
        events = await read_until(socket, lambda event: event.get("name") == "theirs")  # the relay follows it
        assert events[-1]["type"] == "experiment_created"
        socket.close()
        recent = await api("GET", "/workspace/recent")
        assert [each["name"] for each in recent] == ["team", "test"]

    async def test_a_request_in_progress_ends_in_the_previous_workspace(self, api, app, other, shared):
        handler_workspace = await asyncio.to_thread(lambda: app.workspace)
        await api("POST", "/workspace", {"folder": "team"})
        assert (await asyncio.to_thread(handler_workspace.info)).folder == shared.info().folder

    async def test_the_previous_relay_ends(self, api, app, other):
        await api("GET", "/workspace")
        relay = app._relay
        await api("POST", "/workspace", {"folder": str(other.folder)})
        assert not relay.is_alive()
        assert app._relay.is_alive()

    async def test_a_workspace_is_created_only_on_request(self, api, root):
        error = await api.refused("POST", "/workspace", {"folder": "new"}, status=404)
        assert error["message"] == "there is no workspace in new"
        assert (await api("GET", "/workspace"))["name"] == "test"
        info = await api("POST", "/workspace", {"folder": "new", "create": True})
        assert info["name"] == "new"
        assert (root / "new" / ".jupyter-ml" / "workspace.yml").is_file()

    async def test_others_directories_are_refused(self, api, root, tmp_path, make_workspace):
        with make_workspace(tmp_path / "outside"):
            (root / "link").symlink_to(tmp_path / "outside")
            for folder in (str(tmp_path / "outside"), "../..", "link", "a\0b"):
                error = await api.refused("POST", "/workspace", {"folder": folder, "create": True}, status=400)
                assert error["field"] == "folder", folder
        (root / "link").unlink()
        assert (await api("GET", "/workspace"))["name"] == "test"

    async def test_an_unusable_workspace_leaves_the_previous_one(self, api, root):
        (root / "broken" / ".jupyter-ml" / "workspace.db").mkdir(parents=True)
        (root / "broken" / ".jupyter-ml" / "workspace.yml").write_text("name: broken\n")
        await api.refused("POST", "/workspace", {"folder": "broken"}, status=503)
        assert (await api("GET", "/workspace"))["name"] == "test"

    async def test_a_workspace_that_was_opened_before_may_be_outside(
        self, api, shared, other, tmp_path, make_workspace
    ):
        with make_workspace(tmp_path / "outside", name="outside") as made:
            remember_workspace(made)
            assert (await api("POST", "/workspace", {"folder": str(made.folder)}))["name"] == "outside"


async def test_other_programs_find_the_server_by_its_workspace(api, shared, other, jp_serverapp):
    assert shared.servers.link("job", "x") is None
    await api("GET", "/workspace")
    assert shared.servers.link("experiment", "a/b ü") == (
        f"{jp_serverapp.connection_url}lab?ml=experiment/a%2Fb%20%C3%BC"
    )
    assert shared.servers.note(other.folder) is None
    note = other.servers.note(shared.folder.parent)
    assert str(other.folder) in note
    assert str(shared.folder) in note
    assert other.servers.note(shared.folder.parents[1]) is None  # not below the server's root directory
    await api("POST", "/workspace", {"folder": "team"})
    assert shared.servers.link("job", "x") is None
    assert other.servers.link("job", "x").endswith("lab?ml=job/x")


def test_records_of_servers_that_were_killed_are_ignored(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    with Workspace.init(tmp_path) as workspace:
        values = {"url": "http://h/", "root": str(tmp_path), "name": "x", "folder": str(workspace.folder)}
        record_server(ServerRecord(pid=os.getpid(), started=1.0, **values))  # another process had this ID
        assert workspace.servers.link("job", "x") is None
        path = tmp_path / "runtime" / f"jupyter-ml-{os.getpid()}.json"
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_text(json.dumps({"pid": "?"}))
        assert workspace.servers.link("job", "x") is None
