# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fork the IPython kernels of notebooks as programs of the local compute."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jupyter_ml.agent.kernel_forks import fork_watched_kernel
from jupyter_ml.agent.programs import end_of
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
    if leased is None:
        return None
    return Forked(leased.pid, leased.start_time, asyncio.ensure_future(_ended(leased)))


def _lease(spec: ProcessSpec, stdin: socket.socket) -> Leased | None:
    fork = spec.fork
    assert isinstance(fork, KernelFork)
    with open_log(spec.log) as log:
        return fork_watched_kernel(
            fork.python,
            fork.arguments,
            cwd=fork.cwd,
            env={**fork.env, MARKER: spec.marker},
            output=log.fileno(),
            stdin=stdin.fileno(),
            environment=fork.environment,
        )


async def _ended(leased: Leased) -> Exit | None:
    reply = await end_of(leased)
    return Exit(**reply) if reply else None
