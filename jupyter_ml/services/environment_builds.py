# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What depends on which environments are installed: the kernels of JupyterLab, events, and what may be removed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psutil

from jupyter_ml.compute.process import FORKSERVER
from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import ConflictError, JupyterMLError
from jupyter_ml.schemas.launch import PYTHON_VARIABLE
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import ACTIVE
from jupyter_ml.services.jobs.job_environment import environment_of
from jupyter_ml.services.kernels import update_kernels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["build_changed", "installations", "require_unused", "users_of"]

MAX_JOBS = 1_000
"""How many active jobs are looked at before an installation is removed."""


def installations(context: WorkspaceContext) -> Installations:
    """Return the installed environments of a workspace."""
    return Installations(context.layout.environments)


def build_changed(context: WorkspaceContext, identity: str) -> None:
    """Update the kernels, and notify all clients that an environment was installed, could not be, or was removed."""
    update_kernels(context)
    state = installations(context).describe(identity, details=False).state
    context.store.environments.record_build(identity, state)
    context.notify()


def require_unused(context: WorkspaceContext, identity: str) -> None:
    """Raise ConflictError if a job or a kernel runs in an environment."""
    if users := users_of(context).get(identity):
        raise ConflictError(
            f"the environment is in use by {', '.join(sorted(users)[:5])}: wait until that has ended, or stop it"
        )


def users_of(context: WorkspaceContext) -> dict[str, set[str]]:
    """Return the active jobs and the processes that use installed environments, by the identities of these."""
    found: dict[str, set[str]] = {}
    for job in context.store.jobs.list(JobQuery(states=[*ACTIVE], limit=MAX_JOBS)).items:
        try:
            environment = environment_of(context, job.spec) if job.spec is not None else None
        except JupyterMLError:  # its environment was deleted
            continue
        if environment is not None:
            found.setdefault(environment.definition.identity, set()).add(f"the job {job.name}")
    for identity, process in _processes(installations(context)):
        found.setdefault(identity, set()).add(f"the process {process}")
    return found


def _processes(places: Installations) -> Iterator[tuple[str, int]]:
    """Yield the identity and the ID of each process that runs the Python of an installed environment."""
    pythons = {str(places.path(identity) / "bin" / "python"): identity for identity in places.installed()}
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        with suppress(psutil.Error):
            of_kernel = process.environ().get(PYTHON_VARIABLE) if "ipykernel_launcher" in command else None
            identity = pythons.get(of_kernel or (command[0] if command else ""))
            if identity and FORKSERVER not in process.environ():  # a forkserver alone is no user
                yield identity, process.pid
