# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""MLflow's own UI behind Jupyter Server: authentication, headers, and the life of its process."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
from urllib.parse import unquote

import psutil
import pytest
from jupyter_server.auth import Authorizer

from jupyter_ml.errors import UnavailableError
from jupyter_ml.server.mlflow_ui import MLFLOW_UI
from jupyter_ml.services.context import WorkspaceContext
from jupyter_ml.tracking.ui import TrackingUI
from tests.server.api import BASE
from tests.services.jobs.artifacts import Artifacts
from tests.workspaces import until

pytestmark = pytest.mark.integration
APP = "tests.server.asgi_app:app"
INSTALLED = TrackingUI.installed()


@pytest.fixture(scope="module")
def ui():
    """The UI of the workspace, with a small application that takes the place of MLflow's."""
    ui = TrackingUI("sqlite:///x.db", "/x", app=APP)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WorkspaceContext, "tracking_ui", property(lambda self: ui))
        patch.setattr(TrackingUI, "installed", staticmethod(lambda: True))
        yield ui
        ui.stop()


async def test_requests_are_forwarded_without_credentials(fetch, ui, jp_base_url, jp_auth_header):
    headers = {**jp_auth_header, "Cookie": "a=b", "Accept": "text/x", "Range": "bytes=0-1"}
    response = await fetch(f"{MLFLOW_UI}/ajax-api/a%2Fb?c=1&c=2", headers=headers)
    assert response.code == 200
    seen = json.loads(response.body)
    assert seen["path"].endswith("jupyter-ml/mlflow/ajax-api/a/b")
    assert (seen["query"], seen["prefix"]) == ("c=1&c=2", unquote(jp_base_url).rstrip("/") + MLFLOW_UI)
    assert seen["headers"]["accept"] == "text/x"
    assert not {"cookie", "authorization"} & set(seen["headers"])
    assert "Location" not in response.headers
    assert not any(cookie.startswith("a=b") for cookie in response.headers.get_list("Set-Cookie"))
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert (await fetch(f"{MLFLOW_UI}/missing")).code == 404
    written = await fetch(f"{MLFLOW_UI}/ajax-api/runs/update", method="POST", body="text")
    assert (json.loads(written.body)["method"], json.loads(written.body)["body"]) == ("POST", "text")


async def test_the_page_sends_the_token_against_cross_site_requests(fetch, ui):
    page = await fetch(f"{MLFLOW_UI}/")
    [cookie] = [each for each in page.headers.get_list("Set-Cookie") if each.startswith("mlflow-request-header-")]
    assert cookie.startswith("mlflow-request-header-X-XSRFToken=")
    assert "SameSite=Strict" in cookie
    assert "sandbox" not in page.headers["Content-Security-Policy"]
    assert (await fetch(MLFLOW_UI, follow_redirects=False)).headers["Location"].endswith(f"{MLFLOW_UI}/")


async def test_a_logged_in_browser_needs_the_token(fetch, ui, jp_serverapp):
    login = await fetch(f"/login?token={jp_serverapp.identity_provider.token}", headers={}, follow_redirects=False)
    given = [cookie.partition(";")[0] for cookie in login.headers.get_list("Set-Cookie")]
    page = await fetch(f"{MLFLOW_UI}/", headers={"Cookie": "; ".join(given)})
    given += [cookie.partition(";")[0] for cookie in page.headers.get_list("Set-Cookie")]
    cookies = {"Cookie": "; ".join(given)}
    token = next(each.partition("=")[2] for each in given if each.startswith("mlflow-request-header-")).strip('"')
    url = f"{MLFLOW_UI}/ajax-api/2.0/mlflow/runs/search"
    assert (await fetch(url, method="POST", body="{}", headers=cookies)).code == 403
    answer = await fetch(url, method="POST", body="{}", headers={**cookies, "X-XSRFToken": token})
    assert answer.code == 200, answer.body
    assert "x-xsrftoken" not in json.loads(answer.body)["headers"]


async def test_a_large_response_is_sent_while_it_is_received(fetch, ui):
    response = await fetch(f"{MLFLOW_UI}/get-artifact/large")
    assert len(response.body) == 50_000_000


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def test_every_request_requires_the_token(fetch, ui, method):
    body = "" if method[0] == "P" else None
    response = await fetch(f"{MLFLOW_UI}/x", method=method, headers={}, body=body, follow_redirects=False)
    if method in ("GET", "HEAD"):
        assert (response.code, "/login?" in response.headers["Location"]) == (302, True)
    else:
        assert response.code == 403


class ReadOnly(Authorizer):
    """Allow reading."""

    def is_authorized(self, handler, user, action, resource):
        return action == "read" or not resource.startswith("jupyter_ml:mlflow")


class TestAuthorizer:
    """A user who may only read."""

    @pytest.fixture
    def jp_server_config(self):
        return {"ServerApp": {"jpserver_extensions": {"jupyter_ml": True}, "authorizer_class": ReadOnly}}

    async def test_searching_is_reading(self, fetch, ui):
        for path in ("ajax-api/2.0/mlflow/runs/search", "graphql"):
            assert (await fetch(f"{MLFLOW_UI}/{path}", method="POST", body="{}")).code == 200
        for method, path in (
            ("POST", "ajax-api/2.0/mlflow/runs/delete"),
            ("PATCH", "x"),
            ("PUT", "x"),
            ("DELETE", "x"),
        ):
            response = await fetch(f"{MLFLOW_UI}/{path}", method=method, body=None if method == "DELETE" else "{}")
            assert response.code == 403, path


async def test_without_the_package_the_ui_does_not_exist(fetch, api, ui, shared, monkeypatch):
    job = Artifacts(shared, "of_ui", imported=True)
    run = await api("GET", f"/jobs/{job.name}/run")
    assert run["ui_path"] == f"{MLFLOW_UI}/#/experiments/{run['experiment_id']}/runs/{job.run_id}"
    monkeypatch.setattr(TrackingUI, "installed", staticmethod(lambda: False))
    assert (await api("GET", f"/jobs/{job.name}/run"))["ui_path"] is None
    response = await fetch(f"{MLFLOW_UI}/")
    assert response.code == 501
    assert BASE not in response.body.decode()


class TestProcess:
    """The process that serves the UI."""

    def test_it_does_not_get_the_tokens_of_jupyter(self, ui, monkeypatch):
        for name in ("JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "JUPYTER_TOKEN"):
            monkeypatch.setenv(name, "a-token-of-the-hub")
        assert "a-token-of-the-hub" not in ui._environment("/x").values()

    def test_other_users_cannot_open_the_socket(self, ui):
        socket = ui.socket("/x")
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.stat().st_mode) & 0o077 == 0

    def test_it_is_started_again_after_its_end(self):
        ui = TrackingUI("sqlite:///x.db", "/x", app=APP)
        first = ui.socket("/x")
        assert ui.socket("/x") == first
        ui._server.process.kill()
        ui._server.process.wait()
        second = ui.socket("/x")
        assert not first.exists()
        process = psutil.Process(ui._server.process.pid)
        ui.stop()
        assert not process.is_running()
        assert not second.parent.exists()

    def test_it_ends_with_the_process_that_started_it(self):
        program = f"""
            from jupyter_ml.tracking.ui import TrackingUI
            ui = TrackingUI("sqlite:///x.db", "/x", app={APP!r})
            ui.socket("/x")
            print(ui._server.process.pid, flush=True)
            input()
        """
        code = "\n".join(line.strip() for line in program.splitlines())
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
            server = psutil.Process(int(starter.stdout.readline()))
            starter.kill()
        until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)

    def test_an_application_that_does_not_start_is_reported(self):
        ui = TrackingUI("sqlite:///x.db", "/x", app="tests.server.nothing:app")
        with pytest.raises(UnavailableError, match="nothing"):
            ui.socket("/x")

    async def test_closing_the_workspace_stops_it(self, make_workspace, tmp_path, monkeypatch):
        ui = TrackingUI("sqlite:///x.db", "/x", app=APP)
        monkeypatch.setattr(WorkspaceContext, "tracking_ui", property(lambda self: ui))
        with make_workspace(tmp_path) as workspace:
            workspace._context.__dict__["tracking_ui"] = ui
            await asyncio.to_thread(ui.socket, "/x")
        assert ui._server.process is None


def test_the_ui_of_mlflow_is_served(tmp_path):
    """The package is optional: this test runs where it is installed."""
    if not INSTALLED:
        pytest.skip("jupyter-ml[mlflow] is not installed")
    from jupyter_ml.tracking.client import Tracking

    uri = Tracking.uri(None, tmp_path / "mlflow.db")
    Tracking(uri, str(tmp_path)).prepare()
    ui = TrackingUI(uri, str(tmp_path))
    pages = {"/": b"<title>MLflow", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0": b"Default"}
    try:
        socket = str(ui.socket("/a%40b/jupyter-ml/mlflow"))
        for path, content in pages.items():
            url = f"http://localhost/a%40b/jupyter-ml/mlflow{path}"
            fetched = subprocess.run(["curl", "-s", "--unix-socket", socket, url], capture_output=True, check=True)
            assert content in fetched.stdout
    finally:
        ui.stop()
