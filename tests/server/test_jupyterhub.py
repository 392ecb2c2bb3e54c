# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the extension in a single-user server of a real JupyterHub, behind its proxy."""

from __future__ import annotations

import asyncio
import json
import os
from urllib.parse import parse_qs, urlsplit

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jupyter_ml.services.workspace import Workspace
from tests.server.api import BASE
from tests.server.hub import PREFIX, Browser, running_hub
from tests.workspaces import TIMEOUT_S, kill_processes_of, until

pytestmark = pytest.mark.integration

SERVER = f"{PREFIX}/user/ada"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Run a hub; a user's home directory contains a workspace."""
    folder = tmp_path_factory.mktemp("hub")
    with Workspace.init(folder / "ada", name="adas") as workspace:
        with running_hub(folder) as running:
            yield running
        workspace.supervisor.stop()
        kill_processes_of(workspace.folder)


class Client:
    """A user who is logged in."""

    def __init__(self, hub):
        self.browser = Browser(hub)
        self.page = self.browser.log_in(f"{SERVER}/lab?ml=job/kind_lynx", "ada")

    def __call__(self, method, path, body=None, *, xsrf=True):
        headers = {"Content-Type": "application/json"}
        if xsrf:
            headers["X-XSRFToken"] = self.browser.cookie("_xsrf", f"{SERVER}/")
        data = None if body is None else json.dumps(body).encode()
        _, status, text = self.browser.open(f"{SERVER}{BASE}{path}", data, method, headers)
        return status, text

    def submit(self, command):
        status, text = self("POST", "/jobs", {"job": {"type": "command", "command": command}})
        assert status == 201, text
        return json.loads(text)["name"]

    def state(self, name):
        return json.loads(self("GET", f"/jobs/{name}")[1])["state"]


def test_jobs_on_a_single_user_server(hub, tmp_path, monkeypatch):
    client = Client(hub)
    # the link survives logging in, and starting the server
    page = urlsplit(client.page)
    assert (page.path, parse_qs(page.query)["ml"]) == (f"{SERVER}/lab", ["job/kind_lynx"])
    assert json.loads(client("GET", "/workspace")[1])["name"] == "adas"

    status, text = Browser(hub).open(f"{SERVER}{BASE}/workspace")[1:]
    assert status == 403, text
    assert client("POST", "/jobs", {"job": {"type": "command", "command": "true"}}, xsrf=False)[0] == 403

    # the event stream passes the proxy; the environment of jobs has no tokens of the hub
    name, events = asyncio.run(_events_of(client, hub, "env > outputs/environment.txt"))
    assert "Completed" in [event["data"]["state"] for event in events if event.get("name") == name and "data" in event]
    environment = client("GET", f"/jobs/{name}/files/outputs/environment.txt")[1]
    assert f"HOME={hub.home('ada')}" in environment
    for word in ("JUPYTERHUB", "JPY_", "TOKEN"):
        assert word not in environment

    # the UI of MLflow is below the prefix, if it is installed
    _, status, page = client.browser.open(f"{SERVER}/jupyter-ml/mlflow/")
    assert status == 200 or (status == 501 and "pip install" in page)
    assert "/hub/login?next=" in Browser(hub).open(f"{SERVER}/jupyter-ml/mlflow/")[0]

    # programs of the user know the path of the server; the hub does not know its own host
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(hub.home("ada") / ".local/share/jupyter/runtime"))
    with Workspace.open(hub.home("ada")) as workspace:
        assert workspace.servers.link("job", name) == f"{SERVER}/lab?ml=job/{name}"

    # jobs and the supervisor continue when the server is stopped
    go = tmp_path / "go"
    waiting = client.submit(f"until test -e {go}; do sleep 0.1; done; echo done")
    until(lambda: client.state(waiting) == "Running")
    hub.stop_server("ada")
    with Workspace.open(hub.home("ada")) as workspace:
        assert workspace.servers.link("job", name) is None
        supervisor = workspace.supervisor.status()
        assert supervisor
        hidden = {variable for variable in _environment(supervisor.pid) if variable.startswith(("JUPYTERHUB", "JPY_"))}
        assert not hidden
        go.touch()
        until(lambda: workspace.jobs.get(waiting).state == "Completed")


async def _events_of(client, hub, command):
    """Submit a job, and return its events until it has ended."""
    url = f"{hub.url.replace('http:', 'ws:')}/user/ada/api/events/subscribe"
    socket = await websocket_connect(HTTPRequest(url, headers={"Cookie": client.browser.cookies}))
    name = await asyncio.to_thread(client.submit, command)
    events = []
    while not any(event.get("name") == name and event.get("data", {}).get("state") == "Completed" for event in events):
        events.append(json.loads(await asyncio.wait_for(socket.read_message(), TIMEOUT_S)))
    socket.close()
    return name, events


def _environment(pid: int) -> list[str]:
    with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123
        return [os.fsdecode(entry) for entry in file.read().split(b"\0")]
