# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel: its process, its sockets, its end.

jupyter_client's manager polls (200 ms until ready, 100 ms until gone) and takes TCP ports that parallel runs fight
over. Here the process is waited for, and the sockets are files in a private folder: once there, the kernel answers.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.executor.layer import Layer
from jupyter_ml.executor.process import Child

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_client.kernelspec import KernelSpec

    from jupyter_ml.executor.channels import Client
    from jupyter_ml.redaction.redactor import Redactor
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["Kernel", "KernelStartError"]

LONGEST_FOLDER = 60
"""The path of a socket has at most 107 characters on Linux, 103 on macOS."""


IPC_PART = 0.75
"""After this part of the time to start, a kernel that has made no sockets as files is started anew with ports."""
TAIL_CHARS, TAIL_LINES = 20_000, 50
LAST_WORDS_S = 1.0
KEEP_ALL = (
    "get_ipython().kernel.iopub_thread.schedule("
    "lambda: get_ipython().kernel.iopub_thread.socket.setsockopt(__import__('zmq').SNDHWM, 0))"
)
"""Has an IPython kernel keep what it broadcasts until it is read; it would drop all beyond a thousand messages."""


class KernelStartError(JupyterMLError):
    """The kernel's process ended before it answered, or did not answer in time."""


class Kernel:
    """A kernel that runs on this machine; making one starts its process.

    Parameters
    ----------
    name
        Of its kernelspec.
    cwd
        Where it starts.
    env
        Its environment, to which the kernelspec may add.
    redactor
        For what the process prints by itself, which is passed on to standard error.
    folder
        Of the attempt, which remembers where the sockets are, for whoever clears up after a kill.
    layered
        Whether what it installs goes with the attempt.

    Raises
    ------
    OSError
        Where it cannot be started.

    Attributes
    ----------
    command : list of str
        What was started.
    program : str
        What its kernelspec starts.
    layer : Layer or None
        Where it installs packages.
    pid : int
        Of its process, which leads a process group.
    exited : asyncio.Future
        Done, with the exit code, as soon as the process is gone.
    language : str
        Of its kernelspec.
    client : Client
        Connected by `connect`.
    """

    client: Client

    def __init__(
        self,
        name: str,
        *,
        cwd: Path,
        env: Mapping[str, str],
        redactor: Redactor,
        folder: AttemptFolder,
        layered: bool = False,
    ) -> None:
        from jupyter_client.kernelspec import KernelSpecManager

        self.name = name
        self._said = ""
        self._spec = KernelSpecManager().get_kernel_spec(name)
        self.language = self._spec.language
        self._connected = self._stopped = False
        short = len(tempfile.gettempdir()) <= LONGEST_FOLDER
        self._sockets = Path(tempfile.mkdtemp(prefix="jupyter-ml-", dir=None if short else "/tmp"))  # noqa: S108
        self._folder, self._cwd, self._redactor = folder, cwd, redactor
        self.command = _command(self._spec, str(self._file))
        self.program = self.command[0]
        try:
            self.layer = Layer.of(folder.layer, self.program) if layered else None
            if self.layer is not None:
                self.command[0], env = self.layer.start(self.program), self.layer.environment(env)
            self._env = _environment(self._spec, env)
            folder.remove_sockets()
            folder.sockets.symlink_to(self._sockets)
            self._spawn("ipc")
        except BaseException:
            self._clear_up()
            raise

    def _spawn(self, transport: str) -> None:
        """Start the process, with sockets that are files, or ports."""
        from jupyter_client.connect import write_connection_file

        place, key = str(self._sockets / "s") if transport == "ipc" else "", secrets.token_hex().encode()
        self._file.unlink(missing_ok=True)
        write_connection_file(str(self._file), transport=transport, ip=place, key=key)
        self._child = Child(self.command, cwd=self._cwd, env=self._env, merge=True)
        self.pid, self.exited = self._child.pid, self._child.exited
        self._echo = asyncio.ensure_future(self._echo_output(self._redactor))

    @property
    def tail(self) -> list[str]:
        """The last lines that the process itself printed (not the user's code in it)."""
        return self._said.rstrip().splitlines()[-TAIL_LINES:]

    @property
    def _file(self) -> Path:
        return self._sockets / "connection.json"

    async def connect(self, within: float) -> dict[str, Any]:
        """Connect and return the kernel's `kernel_info`; KernelStartError where it does not answer `within` seconds."""
        try:
            if not await self._bound(within * IPC_PART):
                await self._child.kill()
                self._spawn("tcp")
            return await asyncio.wait_for(self._connect(), within)
        except KernelStartError:
            await asyncio.wait({self._echo}, timeout=LAST_WORDS_S)  # they say why
            raise
        except TimeoutError:
            raise KernelStartError(f"The kernel {self.name!r} did not answer within {within:g} s.") from None

    async def _connect(self) -> dict[str, Any]:
        from jupyter_ml.executor.channels import Client, receive

        self.client = Client(connection_file=str(self._file))
        self.client.load_connection_file()
        self.client.start_channels(hb=False, stdin=False)
        self._connected = True
        while True:
            self.client.kernel_info()
            reply = await self._or_death(receive(self.client.get_shell_msg))
            # outputs are broadcast: only what arrives shows that we are subscribed
            with suppress(Empty):
                await self.client.get_iopub_msg(timeout=0.2)
                if _is_ipykernel(self.command):
                    self.client.execute(KEEP_ALL, silent=True, store_history=False)
                return dict(reply["content"])

    async def _bound(self, patience: float) -> bool:
        """Wait until the kernel has made its five socket files; False where it does not, and may only know ports.

        Who connects earlier, waits 100 ms for nothing.
        """
        until = asyncio.get_running_loop().time() + patience
        while sum(1 for _ in self._sockets.glob("s-*")) < 5:
            await asyncio.wait({self.exited}, timeout=0.005)
            if self.exited.done() or asyncio.get_running_loop().time() > until:
                return False
        return True

    async def _or_death(self, answer: Any) -> Any:
        waiting = asyncio.ensure_future(answer)
        await asyncio.wait({waiting, self.exited}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            self._check_alive()
        return await waiting

    def _check_alive(self) -> None:
        if self.exited.done():
            raise KernelStartError(f"The kernel {self.name!r} ended before it answered.")

    def interrupt(self) -> None:
        """Interrupt what the kernel runs."""
        if self._spec.interrupt_mode == "message" and self._connected:
            self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
        else:
            self._child.signal(signal.SIGINT)

    async def kill(self) -> None:
        """End the kernel and its process group at once; what it has sent can still be read."""
        await self._child.kill()

    async def stop(self, grace: float) -> None:
        """End the kernel and its process group, after `grace` seconds in which its exit handlers can run."""
        if self._stopped:
            return
        self._stopped = True
        if grace and self._connected and not self.exited.done():
            # asked on its control channel, one ipykernel in forty waits 10 s for a thread that it has stopped itself
            channel = self.client.shell_channel if _is_ipykernel(self.command) else self.client.control_channel
            channel.send(self.client.session.msg("shutdown_request", {"restart": False}))
            await asyncio.wait({self.exited}, timeout=grace)
        await self.kill()
        await asyncio.wait({self._echo}, timeout=0.2)
        self._echo.cancel()
        if self._connected:
            self.client.stop_channels()
        self._clear_up()

    def _clear_up(self) -> None:
        shutil.rmtree(self._sockets, ignore_errors=True)
        self._folder.sockets.unlink(missing_ok=True)

    async def _echo_output(self, redactor: Redactor) -> None:
        async for chunk in self._child.read(self._child.stdout):
            text = redactor.text(chunk.decode("utf-8", "replace"))
            self._said = (self._said + text)[-TAIL_CHARS:]
            sys.stderr.write(text)
            sys.stderr.flush()


def _command(spec: KernelSpec, connection_file: str) -> list[str]:
    """Return the kernelspec's command, as jupyter_client's manager would start it."""
    known = {"connection_file": connection_file, "resource_dir": spec.resource_dir, "prefix": sys.prefix}
    command = [re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], match[0]), part) for part in spec.argv]
    if re.fullmatch(rf"python(3(\.{sys.version_info.minor})?)?", command[0]):
        command[0] = sys.executable
    if _is_ipykernel(command):  # parallel kernels would wait for each other's history file
        command.append("--HistoryManager.hist_file=:memory:")
    return command


def _is_ipykernel(command: list[str]) -> bool:
    return "ipykernel_launcher" in command or "ipykernel" in command


def _environment(spec: KernelSpec, env: Mapping[str, str]) -> dict[str, str]:
    extra = {
        name: re.sub(r"\$\{(\w+)\}", lambda match: env.get(match[1], match[0]), value)
        for name, value in spec.env.items()
    }
    # ipykernel ends when this process is gone
    return {**env, **extra, "JPY_PARENT_PID": str(os.getpid())}
