# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The programs of services: JupyterLab and TensorBoard, which are started here, and ports of the job itself."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from abc import ABC, abstractmethod
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from jupyter_ml.errors import UnavailableError
from jupyter_ml.executor.process import Child

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from jupyter_ml.schemas.launch import AttemptFolder, Launch

__all__ = ["JupyterLab", "Port", "ServiceProgram", "TensorBoard"]

START_S = 120.0
POLL_S = 0.1
TAIL_LINES = 20

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class ServiceProgram(ABC):
    """What a service leads to."""

    started_here: ClassVar[bool] = True
    """Whether the executor starts it, and not the job."""

    @abstractmethod
    async def connect(self, prefix: str) -> Streams:
        """Connect to the program, which appears below `prefix` in a browser; UnavailableError where there is none."""

    async def stop(self) -> None:  # noqa: B027 -- a port has nothing to stop
        """End the program."""


class Port(ServiceProgram):
    """A port of 127.0.0.1 on which the job listens."""

    started_here = False

    def __init__(self, number: int) -> None:
        self._number = number

    async def connect(self, prefix: str) -> Streams:
        """Connect to the port."""
        del prefix
        try:
            return await asyncio.open_connection("127.0.0.1", self._number)
        except OSError as error:
            raise UnavailableError(f"nothing listens on port {self._number} of 127.0.0.1 ({error.strerror})") from error


class _Started(ServiceProgram):
    """A Python program that is started when it is first needed, and started again when it has ended."""

    package: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, folder: AttemptFolder, launch: Launch, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self._python = launch.python or sys.executable
        self._child: Child | None = None
        self._reading: asyncio.Task[None] | None = None
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._starting = asyncio.Lock()

    async def connect(self, prefix: str) -> Streams:
        """Connect to the program."""
        async with self._starting:
            if self._child is None or self._child.exited.done():
                await self._start(prefix)
        try:
            return await self._open()
        except OSError as error:
            raise UnavailableError(f"{self.title} does not accept connections: {error}") from error

    async def _start(self, prefix: str) -> None:
        self._tail.clear()
        variables = {**self._environment, "PYTHONUNBUFFERED": "1", **self._variables()}
        try:
            self._child = Child(self._command(prefix), cwd=self._cwd, env=variables, merge=True)
        except OSError as error:
            raise UnavailableError(f"{self.title} cannot be started: {error}") from error
        self._reading = asyncio.create_task(self._read(self._child))
        try:
            async with asyncio.timeout(START_S):
                while not await self._listens():
                    if self._child.exited.done():
                        await asyncio.wait({self._reading}, timeout=1)
                        raise UnavailableError(self._why())
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            await self.stop()
            raise UnavailableError(f"{self.title} has not started within {START_S:g} s: {self._last()}") from None

    async def _read(self, child: Child) -> None:
        rest = ""
        async for chunk in child.read(child.stdout):
            *lines, rest = (rest + chunk.decode("utf-8", "replace"))[-100_000:].split("\n")
            self._tail.extend(lines)
            for line in lines:
                self._printed(line)
        self._tail.append(rest)

    def _why(self) -> str:
        if any(re.search(rf"No module named '?{self.package}\b", line) for line in self._tail):
            return f"{self.package} is not installed in the environment of the job ({self._python})"
        return f"{self.title} has ended: {self._last()}"

    def _last(self) -> str:
        return next((line.strip()[:500] for line in reversed(self._tail) if line.strip()), "it has printed nothing")

    @property
    def _cwd(self) -> Path:
        return self._folder.work / self._folder.start

    async def stop(self) -> None:
        """End the program with its children."""
        if self._child is not None:
            await self._child.kill()
        if self._reading is not None:
            self._reading.cancel()

    async def _listens(self) -> bool:
        try:
            _, writer = await self._open()
        except OSError:
            return False
        writer.close()
        return True

    @abstractmethod
    def _command(self, prefix: str) -> list[str]:
        """Return the command that starts it."""

    def _variables(self) -> dict[str, str]:
        """Return environment variables that only it gets."""
        return {}

    def _printed(self, line: str) -> None:
        """Note a line of its output."""

    @abstractmethod
    def _open(self) -> Awaitable[Streams]:
        """Connect to it; OSError as long as it does not listen."""


class JupyterLab(_Started):
    """JupyterLab at a socket that only this user can connect to, which is why it needs no token.

    Parameters
    ----------
    own
        A directory for its socket, and for what its server writes about itself and its kernels.
    """

    package = "jupyterlab"
    title = "JupyterLab"

    def __init__(self, folder: AttemptFolder, launch: Launch, environment: Mapping[str, str], own: Path) -> None:
        super().__init__(folder, launch, environment)
        self._own = own
        self._prefix: str | None = None

    async def connect(self, prefix: str) -> Streams:
        """Connect to the server, whose URLs have the prefix of the first client."""
        self._prefix = self._prefix or prefix
        if prefix != self._prefix:
            raise UnavailableError(f"it was opened below {self._prefix}, and its URLs are valid there only")
        return await super().connect(prefix)

    def _command(self, prefix: str) -> list[str]:
        self._own.mkdir(mode=0o700, exist_ok=True)
        options = {
            "ServerApp.sock": self._own / "s",
            "ServerApp.sock_mode": "0600",
            "ServerApp.base_url": f"{prefix}/",
            "ServerApp.root_dir": self._cwd,
            "ServerApp.open_browser": False,
            "ServerApp.allow_root": True,
            "ServerApp.allow_remote_access": True,
            "ServerApp.quit_button": False,
            # the proxy authenticates requests and refuses those of other sites
            "ServerApp.disable_check_xsrf": True,
            "IdentityProvider.token": "",
            "PasswordIdentityProvider.hashed_password": "",
        }
        return [self._python, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]

    def _variables(self) -> dict[str, str]:
        return {"JUPYTER_RUNTIME_DIR": str(self._own)}

    def _open(self) -> Awaitable[Streams]:
        return asyncio.open_unix_connection(self._own / "s")


class TensorBoard(_Started):
    """TensorBoard on a free port of 127.0.0.1, which every user of the machine can open."""

    package = "tensorboard"
    title = "TensorBoard"

    def __init__(self, folder: AttemptFolder, launch: Launch, environment: Mapping[str, str], log_dir: str) -> None:
        super().__init__(folder, launch, environment)
        self._log_dir = log_dir
        self._port: int | None = None

    def _command(self, prefix: str) -> list[str]:
        del prefix  # its URLs are relative
        self._port = None
        installed = self._folder.overlay / "bin" / "python"  # by the job itself
        python = str(installed) if os.access(installed, os.X_OK) else self._python
        options = ["--logdir", str(Path(self._log_dir).expanduser()), "--host", "127.0.0.1", "--port", "0"]
        return [python, "-m", "tensorboard.main", *options, "--load_fast", "false"]

    def _printed(self, line: str) -> None:
        if found := re.search(r"TensorBoard \S+ at http://[^/\s]+:(\d+)/", line):
            self._port = int(found[1])

    async def _open(self) -> Streams:
        if self._port is None:
            raise ConnectionRefusedError("it has no port yet")
        return await asyncio.open_connection("127.0.0.1", self._port)
