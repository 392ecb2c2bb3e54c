# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The kernels of a workspace, which JupyterLab shows: its environments and its computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.environments.elsewhere import identity_of
from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import UnavailableError
from jupyter_ml.kernels.specs import InstalledEnvironment, Place, read_kernel, write_kernels
from jupyter_ml.notebooks.kernels import find_kernel
from jupyter_ml.services.computes import open_compute
from jupyter_ml.services.environment import lasting_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.kernels.specs import WorkspaceKernel
    from jupyter_ml.schemas.computes import ComputeInfo
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["kernel_of", "update_kernels"]

LOCAL = "local"
"""The type of computes that are this machine."""


def update_kernels(context: WorkspaceContext) -> None:
    """Give each environment a kernel on each compute, and each compute one of its own.

    The kernel of an environment is that of its newest version that is not archived and is installed, on this machine or
    on a compute that gets a copy.
    """
    environments = Installations(context.layout.environments)
    here = {"compute": {"name": LOCAL, "type": LOCAL}, "fork": context.settings.local.fork}
    places = [
        Place(None, here, lasting_python()),
        *_places(context),
    ]
    if len(places) == 1 and not environments.installed() and not context.layout.kernels.exists():
        return
    with environments.building("kernels"):  # one process at a time
        identities = {identity_of(each) for each in environments.installed()}
        installed = [
            InstalledEnvironment(
                each.name, each.version, environments.python(each.identity), each.variables, each.definition
            )
            for each in context.store.environments.having(identities)
        ]
        write_kernels(context.layout.kernels, places, installed)


def kernel_of(context: WorkspaceContext, name: str) -> WorkspaceKernel | None:
    """Return what a kernel stands for; None for one that is not of a workspace."""
    folder = find_kernel(name, context.layout.kernels)
    return read_kernel(folder) if folder else None


def _places(context: WorkspaceContext) -> Iterator[Place]:
    """Yield the other computes, without those whose type is not installed."""
    for each in context.store.computes.all():
        if each.type != LOCAL:
            try:
                yield _place(context, each)
            except UnavailableError:
                continue


def _place(context: WorkspaceContext, info: ComputeInfo) -> Place:
    compute = open_compute(context, info)
    shared, places = compute.capabilities.shared_files, str(context.layout.environments)
    given = {
        "compute": info.model_dump(mode="json", include={"name", "type", "settings"}),
        "directory": str(context.layout.compute(info.name)),
        "vault": {
            "folder": str(context.layout.folder),
            "files": str(context.layout.vault),
            "settings": context.settings.vault.model_dump(mode="json"),
        },
        "fork": context.settings.local.fork,
        **({"folder": str(context.layout.kernel_files)} if shared else {}),
    }
    environments = None if shared else {"folder": places, "policy": context.settings.environments.python}
    return Place(info.name, given, compute.python or lasting_python(), environments)
