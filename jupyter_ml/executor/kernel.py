# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start a kernel, connect to it, and stop it.

jupyter_client's manager polls (200 ms until the kernel is ready, 100 ms until it has ended) and uses TCP ports, for
which parallel runs compete. Here the process is waited for, and the kernel listens on socket files in a private folder:
it is ready as soon as they exist.
"""

from __future__ import annotations

import asyncio
import codecs
import secrets
import shutil
import signal
import sys
from contextlib import suppress
from queue import Empty
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.kernel_forks import learn_modules, start_forkserver
from jupyter_ml.errors import JupyterMLError
from jupyter_ml.executor.forked_kernel import ForkedChild
from jupyter_ml.executor.kernel_command import (
    UNLIMITED_BROADCASTS,
    is_ipykernel,
    kernel_command,
    kernel_environment,
    kernel_spec,
)
from jupyter_ml.executor.overlay import Overlay
from jupyter_ml.executor.process import Child
from jupyter_ml.executor.python_installation import is_python
from jupyter_ml.executor.socket_directory import socket_directory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyter_ml.executor.channels import Client
    from jupyter_ml.redaction.redactor import Redactor
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["Kernel", "KernelStartError"]

IPC_PART = 0.75
"""Part of the start timeout after which a kernel that has created no socket files is restarted with TCP ports."""
TAIL_CHARS, TAIL_LINES = 20_000, 50
OUTPUT_GRACE_S = 1.0


class KernelStartError(JupyterMLError):
    """The kernel ended before it answered, or did not answer in time."""


class Kernel:
    """A kernel on this machine; creating an instance starts its process.

    Parameters
    ----------
    name
        Name of its kernelspec.
    cwd
        Its working directory.
    env
        Its environment, which the kernelspec may extend.
    redactor
        Masks secrets in what the process itself prints; that is written to standard error.
    folder
        Folder of the attempt, with a link to the sockets, so that they can be removed after a kill.
    with_overlay
        Whether packages that it installs are removed with the attempt.
    python
        A Python whose IPython kernel is started; `name` is not looked up then.
    fork
        Whether it may be forked from a process that has imported IPython.
    bare
        Whether that process must not have imported anything else, because the notebook installs packages.

    Raises
    ------
    OSError
        If it cannot be started.

    Attributes
    ----------
    command : list of str
        The command that was started.
    program : str
        The program in its kernelspec.
    overlay : Overlay or None
        The environment into which it installs packages.
    pid : int or None
        Id of its process, which leads a process group; None if it is on another machine.
    exited : asyncio.Future
        Done, with the exit code or None if that is unknown, as soon as the process has ended.
    language : str
        Language in its kernelspec.
    client : Client
        Connected by `connect`.
    """

    client: Client
    pid: int | None

    def __init__(
        self,
        name: str,
        *,
        cwd: Path,
        env: Mapping[str, str],
        redactor: Redactor,
        folder: AttemptFolder,
        with_overlay: bool = False,
        python: str | None = None,
        fork: bool = False,
        bare: bool = False,
    ) -> None:
        self.name = name
        self._printed, self._fork, self._bare = "", fork, bare
        self._spec = kernel_spec(name, python)
        self.language = self._spec.language
        self._connected = self._stopped = False
        self._sockets = socket_directory()
        self._folder, self._cwd, self._redactor = folder, cwd, redactor.copy()
        self.command = kernel_command(self._spec, str(self._file))
        self.program = self.command[0]
        try:
            self.overlay = Overlay.of(folder.overlay, self.program, env) if with_overlay else None
            if self.overlay is not None:
                self.command[0], env = self.overlay.start(self.program), self.overlay.environment(env)
            self._env = kernel_environment(self._spec, env)
            folder.sockets.unlink(missing_ok=True)
            folder.sockets.symlink_to(self._sockets)
            self._spawn("ipc")
        except BaseException:
            self._remove_sockets()
            raise

    def _spawn(self, transport: str) -> None:
        """Start the process, with socket files or TCP ports."""
        from jupyter_client.connect import write_connection_file

        place, key = str(self._sockets / "s") if transport == "ipc" else "", secrets.token_hex().encode()
        self._file.unlink(missing_ok=True)
        write_connection_file(str(self._file), transport=transport, ip=place, key=key)
        self._child = (self._forked() if transport == "ipc" else None) or Child(
            self.command, cwd=self._cwd, env=self._env, merge=True
        )
        self.pid, self.exited = self._child.pid, self._child.exited
        self._echo = asyncio.ensure_future(self._copy_output())

    def _forked(self) -> Child | None:
        if not self._fork:
            return None
        return ForkedChild.of(
            self.program, self.command[1:], cwd=self._cwd, env=self._env, overlay=self.overlay, bare=self._bare
        )

    def prepare_forks(self, modules: list[str]) -> None:
        """Start the process from which kernels of this Python are forked, unless there is one.

        It imports `modules`, too, which the notebook imports.
        """
        if self._fork and is_ipykernel(self.command) and is_python(self.program):
            start_forkserver(self.program, self._env, bare=self._bare)
            if not self._bare:
                learn_modules(self.program, modules, self._env)

    @property
    def tail(self) -> list[str]:
        """The last lines that the process itself printed, not the user's code in it."""
        return self._printed.rstrip().splitlines()[-TAIL_LINES:]

    @property
    def _file(self) -> Path:
        return self._sockets / "connection.json"

    async def connect(self, within: float) -> dict[str, Any]:
        """Connect and return the kernel's `kernel_info`; KernelStartError if it does not answer `within` seconds."""
        try:
            if not await self._bound(within * IPC_PART):
                await self._child.kill()
                self._spawn("tcp")
            return await asyncio.wait_for(self._connect(), within)
        except KernelStartError:
            await asyncio.wait({self._echo}, timeout=OUTPUT_GRACE_S)  # the last output contains the reason
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
            reply = await self._unless_exited(receive(self.client.get_shell_msg))
            # outputs are broadcast: only a received message shows that the subscription is active
            with suppress(Empty):
                await self.client.get_iopub_msg(timeout=0.2)
                if is_ipykernel(self.command):
                    self.client.execute(UNLIMITED_BROADCASTS, silent=True, store_history=False)
                return dict(reply["content"])

    async def _bound(self, within: float) -> bool:
        """Wait until the kernel has created its five socket files; return False if it may only support ports.

        Connecting earlier would cost ZeroMQ's reconnect interval of 100 ms.
        """
        until = asyncio.get_running_loop().time() + within
        while sum(1 for _ in self._sockets.glob("s-*")) < 5:
            await asyncio.wait({self.exited}, timeout=0.005)
            if self.exited.done() or asyncio.get_running_loop().time() > until:
                return False
        return True

    async def _unless_exited(self, answer: Any) -> Any:
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
        """Interrupt the code that the kernel runs."""
        if self._spec.interrupt_mode == "message" and self._connected:
            self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))
        else:
            self._child.signal(signal.SIGINT)

    async def kill(self) -> None:
        """Kill the kernel and its process group; messages that it has sent can still be received."""
        await self._child.kill()

    async def stop(self, grace: float) -> None:
        """Stop the kernel, with `grace` seconds for its exit handlers, and kill its process group."""
        if self._stopped:
            return
        self._stopped = True
        if grace and self._connected and not self.exited.done():
            # on the control channel, one ipykernel in forty waits 10 s for a thread that it has already stopped
            channel = self.client.shell_channel if is_ipykernel(self.command) else self.client.control_channel
            channel.send(self.client.session.msg("shutdown_request", {"restart": False}))
            await asyncio.wait({self.exited}, timeout=grace)
        await self.kill()
        await asyncio.wait({self._echo}, timeout=0.2)
        self._echo.cancel()
        if self._connected:
            self.client.stop_channels()
        self._remove_sockets()

    def _remove_sockets(self) -> None:
        shutil.rmtree(self._sockets, ignore_errors=True)
        with suppress(OSError):  # the job may have removed the link, or replaced it by a folder
            self._folder.sockets.unlink()

    async def _copy_output(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            async for chunk in self._child.read(self._child.stdout):
                self._print(self._redactor.feed(self.pid, decoder.decode(chunk)))
        finally:
            for _, text in self._redactor.flush():
                self._print(text)

    def _print(self, text: str) -> None:
        self._printed = (self._printed + text)[-TAIL_CHARS:]
        sys.stderr.write(text)
        sys.stderr.flush()
