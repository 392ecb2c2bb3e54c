# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Services of a running job behind Jupyter Server: HTTP, WebSockets, credentials, and what cannot be reached."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sys
from pathlib import Path

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError
from tornado.simple_httpclient import HTTPStreamClosedError

from jupyter_ml.schemas.names import SERVICES_PATH
from jupyter_ml.schemas.states import FINAL, JobState
from tests.server.api import BASE
from tests.workspaces import TIMEOUT_S, until

pytestmark = pytest.mark.integration
APP = Path(__file__).with_name("service_app.py")


def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def job(shared, tmp_path_factory):
    """Return the name of a running job with services."""
    code, port = tmp_path_factory.mktemp("code"), unused()
    shutil.copy(APP, code / "app.py")
    (code / "port").write_text(str(port))
    services = {
        "app": {"type": "custom", "port": port},
        "nothing": {"type": "custom", "port": unused()},
        "lab": {"type": "jupyter_lab"},
        "board": {"type": "tensor_board"},
    }
    spec = {"type": "command", "command": f"{sys.executable} app.py", "code": str(code), "services": services}
    name = shared.jobs.submit(spec).name
    until(lambda: shared.jobs.get(name).state is JobState.RUNNING)
    until(lambda: listens(port))
    yield name
    shared.jobs.cancel(name)
    until(lambda: shared.jobs.get(name).state in FINAL)


@pytest.fixture
def app_path(job) -> str:
    return f"{SERVICES_PATH}/{job}/app"


async def test_requests_are_forwarded_without_credentials(fetch, app_path, jp_auth_header, jp_base_url, jp_serverapp):
    token = jp_serverapp.identity_provider.token
    headers = {
        **jp_auth_header,
        "Cookie": "a=b",
        "X-XSRFToken": "x",
        "Referer": "http://x/?token=y",
        "Origin": "http://x",
        "X-Forwarded-Prefix": "/other",
        "Connection": "close, X-Hop",
        "X-Hop": "1",
        "X-Own": "1",
    }
    response = await fetch(f"{app_path}/a%2Fb/c%20d?e=1&tok%65n={token}&f=2", headers=headers, follow_redirects=False)
    assert response.code == 200, (response.headers, response.body)
    seen = json.loads(response.body)
    assert seen["uri"] == "/a%2Fb/c%20d?e=1&f=2"
    given = {name.lower(): value for name, value in seen["headers"].items()}
    assert not {"cookie", "authorization", "x-xsrftoken", "referer", "origin", "x-hop"} & set(given)
    assert (given["x-own"], given["host"]) == ("1", "localhost")
    assert given["x-forwarded-prefix"] == jp_base_url.rstrip("/") + app_path
    assert not any(each.startswith("session=") for each in response.headers.get_list("Set-Cookie"))
    assert "Clear-Site-Data" not in response.headers
    assert "https://app.example" not in response.headers.get_list("Access-Control-Allow-Origin")
    assert "frame-ancestors" in response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Type"].startswith("application/json")
    for method, body in (("POST", "text"), ("PUT", "x" * 300_000)):
        answer = await fetch(f"{app_path}/", method=method, body=body)
        assert json.loads(answer.body)["body"] == body
    assert (await fetch(f"{app_path}/x", method="DELETE")).code == 204
    assert (await fetch(f"{app_path}/", method="POST", body="x" * 11 * 1024**2)).code == 413


async def test_redirects_stay_below_the_service(fetch, app_path, jp_base_url):
    prefix = jp_base_url.rstrip("/") + app_path
    assert (await fetch(app_path, follow_redirects=False)).headers["Location"] == f"{prefix}/"
    assert (await fetch(f"{app_path}/redirect", follow_redirects=False)).headers["Location"] == f"{prefix}/target?a=1"
    away = await fetch(f"{app_path}/away", follow_redirects=False)
    assert away.headers["Location"] == "https://example.org/x"


async def test_a_response_comes_as_it_is_sent(fetch, app_path):
    first, parts = asyncio.Event(), []

    def receive(part):
        parts.append(part)
        first.set()

    streaming = asyncio.ensure_future(fetch(f"{app_path}/stream", streaming_callback=receive))
    await asyncio.wait_for(first.wait(), TIMEOUT_S)
    assert b"".join(parts) == b"first "
    await fetch(f"{app_path}/stream", method="POST", body="")
    await streaming
    assert b"".join(parts) == b"first last"
    assert len((await fetch(f"{app_path}/large")).body) == 20 * 1024**2
    with pytest.raises(HTTPStreamClosedError):
        await fetch(f"{app_path}/broken")


async def test_websockets(fetch, app_path, open_websocket):
    path = f"{app_path}/ws"
    client = await open_websocket(path)
    for message in ("text", b"\x00" * 1_000_000):
        await client.write_message(message, binary=isinstance(message, bytes))
        assert await client.read_message() == message
    client.close()
    with pytest.raises(HTTPClientError, match="HTTP 302"):
        await open_websocket(path, {})


async def test_pages_of_other_sites(fetch, app_path, open_websocket, jp_serverapp, jp_http_port):
    login = await fetch(f"/login?token={jp_serverapp.identity_provider.token}", headers={}, follow_redirects=False)
    cookies = {"Cookie": "; ".join(each.partition(";")[0] for each in login.headers.get_list("Set-Cookie"))}
    host = f"127.0.0.1:{jp_http_port}"
    for origin, code in ((f"http://{host}", 200), ("http://evil.example", 403), ("null", 403), (None, 403)):
        headers = {**cookies, **({"Origin": origin} if origin else {})}
        found = await fetch(f"{app_path}/", method="POST", body="x", headers=headers)
        assert found.code == code or (code == 403 and found.code == 404), origin
    assert (await fetch(f"{app_path}/", headers=cookies)).code == 200
    with pytest.raises(HTTPClientError, match="403"):
        await open_websocket(f"{app_path}/ws", {**cookies, "Origin": "http://evil.example"})
    client = await open_websocket(f"{app_path}/ws", {**cookies, "Origin": f"http://{host}"})
    client.close()


async def test_nothing_else_can_be_reached(fetch, job, api):
    other = unused()
    for service, code in (("nothing", 503), ("missing", 404), (str(other), 404), (f"127.0.0.1:{other}", 404)):
        assert (await fetch(f"{SERVICES_PATH}/{job}/{service}/")).code == code, service
    assert (await fetch(f"{SERVICES_PATH}/none/app/")).code == 404
    assert b"nothing listens on port" in (await fetch(f"{SERVICES_PATH}/{job}/nothing/")).body
    without = await fetch(f"{SERVICES_PATH}/{job}/app/", headers={}, follow_redirects=False)
    assert without.code == 302
    assert "login" in without.headers["Location"]
    assert (await fetch(f"{SERVICES_PATH}/{job}/app/", headers={}, method="POST", body="")).code == 403


async def test_services_are_listed(fetch, job, shared, jp_base_url):
    listed = json.loads((await fetch(f"{BASE}/jobs/{job}/services")).body)
    assert {each["name"]: (each["type"], each["status"]) for each in listed}["app"] == ("custom", "Available")
    [found] = [each for each in shared.jobs.handle(job).services if each.name == "app"]
    assert found.path == f"{SERVICES_PATH}/{job}/app/"
    assert found.url.endswith(jp_base_url.rstrip("/") + found.path)


async def test_jupyterlab_and_tensorboard_are_started(fetch, job, jp_base_url, shared):
    prefix = f"{jp_base_url.rstrip('/')}{SERVICES_PATH}/{job}"
    lab = await fetch(f"{SERVICES_PATH}/{job}/lab/lab")
    assert lab.code == 200, lab.body
    assert f'"baseUrl": "{prefix}/lab/"' in lab.body.decode()
    made = await fetch(f"{SERVICES_PATH}/{job}/lab/api/contents", method="POST", body=json.dumps({"type": "directory"}))
    assert made.code == 201, made.body
    names = {path.name for path in shared.jobs.folder(job).work.iterdir()}
    assert {"app.py", json.loads(made.body)["name"]} <= names
    board = await fetch(f"{SERVICES_PATH}/{job}/board/")
    assert board.code == 200, board.body
    assert b"TensorBoard" in board.body
    environment = await fetch(f"{SERVICES_PATH}/{job}/board/data/environment")
    assert json.loads(environment.body)["data_location"] == "outputs"


async def test_services_end_with_the_job(fetch, shared, tmp_path, ended):
    spec = {"type": "command", "command": "until [ -e outputs/go ]; do sleep 0.05; done"}
    name = shared.jobs.submit(spec | {"services": {"board": {"type": "tensor_board"}}}).name
    assert (await fetch(f"{SERVICES_PATH}/{name}/board/")).code in (200, 409)
    await asyncio.to_thread(until, lambda: shared.jobs.get(name).state is JobState.RUNNING)
    assert (await fetch(f"{SERVICES_PATH}/{name}/board/")).code == 200
    folder = shared.jobs.folder(name)
    directory = folder.services.readlink()
    (folder.outputs / "go").touch()
    assert (await ended(name)).state is JobState.COMPLETED
    assert not directory.exists()
    refused = await fetch(f"{SERVICES_PATH}/{name}/board/")
    assert refused.code == 409
    assert b"can be opened only while it is Running" in refused.body
    assert [each.status for each in shared.jobs.services(name)] == ["Ended"]


class Forbid(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return action != "execute"


class TestAuthorizer:
    """An authorizer that refuses to execute code."""

    @pytest.fixture
    def jp_server_config(self):
        return {"ServerApp": {"jpserver_extensions": {"jupyter_ml": True}, "authorizer_class": Forbid}}

    async def test_it_decides(self, fetch, app_path):
        assert (await fetch(f"{app_path}/")).code == 403
