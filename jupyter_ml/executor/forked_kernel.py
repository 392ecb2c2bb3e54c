# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel that was forked from a process that has imported IPython."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_ml.agent.kernel_forks import fork_kernel
from jupyter_ml.executor.process import Child

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Self

    from jupyter_ml.agent.leases import Leased
    from jupyter_ml.executor.overlay import Overlay

__all__ = ["ForkedChild"]

LAUNCHER = ["-m", "ipykernel_launcher"]


class ForkedChild(Child):
    """A kernel in its own session and process group, whose standard error is its standard output."""

    def __init__(self, kernel: Leased, output: int) -> None:
        self._kernel = kernel
        self.stdout, self.stderr = os.fdopen(output, "rb", buffering=0), None
        self._follow(kernel.pid, kernel.wait)

    @classmethod
    def of(
        cls,
        program: str,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        overlay: Overlay | None,
        bare: bool = False,
    ) -> Self | None:
        """Return the kernel that a command would start; None where it has to be started.

        Parameters
        ----------
        program, arguments
            The command of a kernelspec; it is run by the Python of `overlay`, if there is one.
        cwd, env
            The working directory and the environment.
        overlay
            The virtual environment of the kernel.
        bare
            Whether the kernel installs packages, so that no other modules than its own must have been imported.
        """
        if [*arguments[:2]] != LAUNCHER:
            return None
        incoming, outgoing = os.pipe()
        environment = (overlay.python, str(overlay.packages)) if overlay else None
        rest = [*arguments[2:]]
        try:
            kernel = fork_kernel(
                program, rest, cwd=str(cwd), env=env, output=outgoing, environment=environment, bare=bare
            )
        finally:
            os.close(outgoing)
        if kernel is None:
            os.close(incoming)
            return None
        return cls(kernel, incoming)

    async def kill(self) -> None:
        """Kill the process group; see `Child.kill`."""
        await super().kill()
        self._kernel.close()
