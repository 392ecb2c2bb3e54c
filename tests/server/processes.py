# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A Jupyter server in a subprocess."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.server.api import BASE
from tests.workspaces import TIMEOUT_S, until

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-token-for-tests"


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen
    url: str
    log: Path

    def __call__(self, method: str, path: str, body=None, token: str = TOKEN):
        """Return the JSON of the response; raise HTTPError for an error."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{BASE}{path}", data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            content = response.read()
        return json.loads(content) if content else None


def free_port() -> int:
    """Return a port that is not in use.

    It is none of those that the system gives to connections and to servers without a port of their own (32768 to 60999
    on Linux), which another process may get before the server is started.
    """
    while True:
        port = random.randrange(10_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


SERVER = ["-m", "jupyter_server", "--ServerApp.jpserver_extensions={'jupyter_ml': True}"]


@contextmanager
def serving(root: Path, directory: Path, port: int, program: list[str] = SERVER, python: str | Path = sys.executable):
    """Run a server with `root` as its root directory, and terminate it at the end."""
    directory.mkdir(exist_ok=True)
    log = directory / "server.log"
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {name: str(directory / name.lower()) for name in names}
    command = [
        python, *program, f"--ServerApp.root_dir={root}", f"--port={port}",
        "--ServerApp.port_retries=0", "--no-browser", "--allow-root", f"--IdentityProvider.token={TOKEN}",
    ]  # fmt: skip
    variables = os.environ | environment
    nothing = subprocess.DEVNULL  # JupyterLab starts Node.js, which would make a shared standard input non-blocking
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdin=nothing, stdout=output, stderr=output, env=variables, cwd=directory)
    try:
        server = Server(process, f"http://127.0.0.1:{port}", log)
        until(lambda: process.poll() is not None or _answers(server))
        assert process.poll() is None, log.read_text()
        yield server
    finally:
        process.terminate()
        process.wait(TIMEOUT_S)


def _answers(server: Server) -> bool:
    try:
        urllib.request.urlopen(f"{server.url}/api", timeout=60).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
