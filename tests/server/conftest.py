# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A Jupyter server with the extension, in the test's event loop, with the shared workspace."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from pytest_jupyter.jupyter_core import *  # noqa: F403 -- fixtures; as a plug-in they would be used by all tests
from pytest_jupyter.jupyter_server import *  # noqa: F403
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from tests.server.api import API
from tests.workspaces import TIMEOUT_S, write_notebook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(shared) -> Path:
    """Return the root directory of the server."""
    return shared.folder.parent


@pytest.fixture
def jp_root_dir(root) -> Path:
    return root


@pytest.fixture
def jp_server_config():
    return {"ServerApp": {"jpserver_extensions": {"jupyter_ml": True}}}


@pytest.fixture
def fetch(jp_http_port, jp_auth_header, jp_base_url, jp_serverapp, http_server_client):
    """Send a request unchanged, with the token unless other headers are given."""

    def send(path, *, headers=None, **options):
        return http_server_client.fetch(
            jp_base_url.rstrip("/") + path,
            headers=jp_auth_header if headers is None else headers,
            raise_error=False,
            allow_nonstandard_methods=True,
            request_timeout=TIMEOUT_S,
            **options,
        )

    return send


@pytest.fixture
def open_websocket(jp_http_port, jp_base_url, jp_auth_header):
    """Open a WebSocket, with the token unless other headers are given."""

    def connect(path, headers=None):
        url = f"ws://127.0.0.1:{jp_http_port}{jp_base_url.rstrip('/')}{path}"
        given = jp_auth_header if headers is None else headers
        return websocket_connect(HTTPRequest(url, headers=given, connect_timeout=TIMEOUT_S, request_timeout=TIMEOUT_S))

    return connect


@pytest.fixture
def api(fetch) -> API:
    return API(fetch)


@pytest.fixture
def app(jp_serverapp):
    """Return the extension app."""
    return next(iter(jp_serverapp.extension_manager.extension_apps["jupyter_ml"]))


@pytest.fixture
def ended(shared):
    """Wait for the end of a job, in a thread."""

    async def wait(name):
        return await asyncio.to_thread(shared.jobs.wait, name)

    return wait


@pytest.fixture
def train(root) -> str:
    """Create a notebook with parameters and a file; it does not import MLflow, which takes seconds."""
    write_notebook(
        root / "train.ipynb",
        "print('hello')",
        "import pathlib\npathlib.Path('outputs/page.html').write_text('<script>alert(1)</script>')",
        parameters="alpha: float = 0.5  # how much\nlayers = [1, 2]",
    )
    return "train.ipynb"
