# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A JupyterHub with its proxy, whose single-user servers have the extension, and a browser-like client."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from tests.server.processes import free_port
from tests.workspaces import TIMEOUT_S, until

if TYPE_CHECKING:
    from collections.abc import Iterator

PROXY = Path(__file__).parents[2] / "node_modules" / ".bin" / "configurable-http-proxy"
PASSWORD = "a-password-for-tests"
ADMIN_TOKEN = "a-token-of-an-administrator-for-tests"
PREFIX = "/base"

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}{prefix}/"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.JupyterHub.services = [{{"name": "tests", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [{{"name": "tests", "scopes": ["admin:servers", "list:users"], "services": ["tests"]}}]
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.auth_token = "{token}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/{{username}}"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root", "--ServerApp.jpserver_extensions={{'jupyter_ml': True}}"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = {timeout}
c.Spawner.http_timeout = {timeout}
"""


class Hub:
    """A running JupyterHub."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def home(self, user: str) -> Path:
        """Return the home directory of a user."""
        return self.folder / user

    def stop_server(self, user: str) -> None:
        """Stop the server of a user, and wait until it has stopped."""
        self._api("DELETE", f"/users/{user}/server")
        until(lambda: not self._api("GET", f"/users/{user}")["servers"])

    def _api(self, method: str, path: str):
        headers = {"Authorization": f"token {ADMIN_TOKEN}"}
        request = urllib.request.Request(f"{self.url}/hub/api{path}", headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            return json.loads(response.read() or "null")


class Browser:
    """Follows redirects and keeps cookies, as a browser does."""

    def __init__(self, hub: Hub) -> None:
        self._hub, self._jar = hub, CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def open(self, path: str, data: bytes | None = None, method: str | None = None, headers=None):
        """Return the final URL, the status and the text of the response."""
        request = urllib.request.Request(urljoin(self._hub.url, path), data=data, method=method, headers=headers or {})
        try:
            response = self._opener.open(request, timeout=TIMEOUT_S)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.url, response.status, response.read().decode()

    def log_in(self, path: str, user: str) -> str:
        """Open a page, log in where the hub asks for it, start the server, and return the URL of the page."""
        url, _, page = self.open(path)
        assert "/hub/login?next=" in url
        action = re.search(r'<form[^>]*action="([^"]+)"', page)[1].replace("&amp;", "&")
        form = {"username": user, "password": PASSWORD, "_xsrf": re.search(r'name="_xsrf" value="([^"]+)"', page)[1]}
        self.open(urljoin(url, action), urlencode(form).encode())
        self.open(f"{PREFIX}/hub/spawn/{user}")
        return until(lambda: self._page(path))

    def _page(self, path: str) -> str | None:
        url, status, page = self.open(path)
        return url if status == 200 and "jupyter-config-data" in page else None

    def cookie(self, name: str, path: str) -> str:
        """Return the value of a cookie for a path."""
        return next(each.value for each in self._jar if each.name == name and each.path == path)

    @property
    def cookies(self) -> str:
        """All cookies, as a header."""
        return "; ".join(f"{each.name}={each.value}" for each in self._jar)


@contextmanager
def running_hub(folder: Path) -> Iterator[Hub]:
    """Run a JupyterHub, and end it with its proxy and all servers.

    The proxy is started here, because the hub waits only ten seconds for one that it starts.
    """
    assert PROXY.exists(), "run jlpm install: configurable-http-proxy is a development dependency in package.json"
    port, hub_port, proxy_port = free_port(), free_port(), free_port()
    config, log = folder / "config.py", folder / "hub.log"
    values = {"port": port, "hub_port": hub_port, "proxy_port": proxy_port, "folder": folder, "prefix": PREFIX}
    others = {"password": PASSWORD, "token": ADMIN_TOKEN, "python": sys.executable, "timeout": int(TIMEOUT_S)}
    config.write_text(CONFIG.format(**values, **others))
    names = [name for name in os.environ if name.startswith(("JUPYTER", "JPY_"))]
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    options = {
        "ip": "127.0.0.1", "port": port, "api-ip": "127.0.0.1", "api-port": proxy_port,
        "error-target": f"http://127.0.0.1:{hub_port}{PREFIX}/hub/error",
    }  # fmt: skip
    proxy = [PROXY, *(f"--{name}={value}" for name, value in options.items())]
    program = [sys.executable, "-m", "jupyterhub", "--config", str(config)]
    hub = Hub(f"http://127.0.0.1:{port}{PREFIX}", folder)
    with _running(proxy, log, {**environment, "CONFIGPROXY_AUTH_TOKEN": ADMIN_TOKEN}) as process:
        until(lambda: process.poll() is not None or _accepts_connections(proxy_port))
        assert process.poll() is None, log.read_text()
        with _running(program, log, environment) as server:
            until(lambda: server.poll() is not None or _answers(hub))
            assert server.poll() is None, log.read_text()
            yield hub


@contextmanager
def _running(command: list[str | Path], log: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=log.parent, env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()  # the hub ends the servers
        process.wait(TIMEOUT_S)


def _accepts_connections(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _answers(hub: Hub) -> bool:
    try:
        urllib.request.urlopen(f"{hub.url}/hub/health", timeout=60).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
