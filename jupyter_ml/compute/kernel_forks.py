# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fork the IPython kernels of notebooks as programs of the local compute."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from jupyter_ml.agent.kernel_forks import fork_kernel
from jupyter_ml.compute.forks import Forked
from jupyter_ml.compute.process import MARKER, Exit, KernelFork
from jupyter_ml.compute.streams import open_log

if TYPE_CHECKING:
    import socket

    from jupyter_ml.agent.leases import Leased
    from jupyter_ml.compute.process import ProcessSpec

__all__ = ["fork_notebook_kernel"]


async def fork_notebook_kernel(spec: ProcessSpec, stdin: socket.socket) -> Forked | None:
    """Fork a kernel that reads its input from `stdin`; None where it has to be started."""
    leased = await asyncio.to_thread(_lease, spec, stdin)
    return None if leased is None else Forked(leased.pid, leased.start_time, _ended(leased))


def _lease(spec: ProcessSpec, stdin: socket.socket) -> Leased | None:
    fork = spec.fork
    assert isinstance(fork, KernelFork)
    with open_log(spec.log) as log:
        return fork_kernel(
            fork.python,
            fork.arguments,
            cwd=fork.cwd,
            env={**fork.env, MARKER: spec.marker},
            output=log.fileno(),
            stdin=stdin.fileno(),
            environment=fork.environment,
            bare=True,
        )


def _ended(leased: Leased) -> asyncio.Future[Exit | None]:
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Exit | None] = loop.create_future()

    def wait() -> None:
        code = leased.wait()
        leased.close()
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(ended.set_result, None if code is None else Exit.of(code))

    Thread(target=wait, daemon=True).start()
    return ended
