# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Another Jupyter server, which is a process with a home, a token and directories of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from jupyter_ml.compute.jupyterserver.compute import AttachedServer
from jupyter_ml.schemas.jupyter_servers import JupyterServerSettings
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "other_token"
"""Name of the secret with the token."""


class OtherServer:
    """The server; it keeps its port when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.token, self.port = folder, "token-of-the-other-server", 0
        self.home, self._process = folder / "home", None
        (self.home / "config").mkdir(parents=True)
        cache = Path.home() / ".cache"
        cache.mkdir(exist_ok=True)
        (self.home / ".cache").symlink_to(cache)  # the packages that run jobs are sent once

    def start(self, *, terminals: bool = True) -> None:
        """Start it, and wait until it listens."""
        config = {"jpserver_extensions": {"jupyter_server_terminals": True}, "terminals_enabled": terminals}
        (self.home / "config" / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": config}))
        environment = {
            "HOME": str(self.home), "JUPYTER_CONFIG_DIR": str(self.home / "config"), "JUPYTER_NO_CONFIG": "",
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"), "PATH": os.environ["PATH"], "SHELL": "/bin/bash",
            "JUPYTER_TOKEN": self.token,
        }  # fmt: skip
        command = [
            sys.executable,
            "-m",
            "jupyter_server",
            "--allow-root",
            "--no-browser",
            f"--ServerApp.port={self.port}",
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--ServerApp.port_retries=0"], cwd=self.home, env=environment, stdout=log, stderr=log
            )
        file = self.home / "runtime" / f"jpserver-{self._process.pid}.json"
        until(lambda: self._process.poll() is not None or (file.exists() and file.read_text().endswith("}")))
        assert self._process.poll() is None, (self.folder / "log").read_text()[-2_000:]
        self.port = json.loads(file.read_text())["port"]

    def kill(self) -> None:
        """Kill it, without its terminals."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def settings(self, **changes: str) -> JupyterServerSettings:
        """Return how it is reached."""
        return JupyterServerSettings(**{"url": self.url, "token_secret": SECRET, "python": sys.executable, **changes})

    def compute(self, directory: Path, **changes: str) -> AttachedServer:
        """Return it as a compute."""
        compute = AttachedServer("box", self.settings(**changes))
        compute.directory, compute.read_secret = directory, {SECRET: self.token}.get
        return compute

    def programs(self, *arguments: str) -> list[psutil.Process]:
        """Return the processes of the agents there that have these arguments."""
        found: list[Any] = [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"]]
        return [
            each
            for each in found
            if any(str(self.home) in part for part in each.info["cmdline"]) and {*arguments} <= {*each.info["cmdline"]}
        ]

    def end(self) -> None:
        """Kill it with the agents that it has left."""
        self.kill()
        for each in self.programs():
            each.send_signal(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def serving_other() -> Iterator[OtherServer]:
    """Run the server."""
    server = OtherServer(Path(tempfile.mkdtemp(prefix="j-")))
    try:
        server.start()
        yield server
    finally:
        server.end()


@pytest.fixture(scope="module")
def other_server() -> Iterator[OtherServer]:
    """Run the server for all tests of a module."""
    with serving_other() as server:
        yield server
