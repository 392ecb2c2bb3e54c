# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The compute on which a kernel starts, or a node of it."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.compute import registry
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.computes import ComputeInfo
from jupyter_ml.schemas.workspace import VaultSettings
from jupyter_ml.vault.named import secret_reader

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Compute

__all__ = ["open_compute", "reserved"]


@lru_cache(maxsize=100)
def open_compute(config: str, directory: str, vault: str) -> Compute:
    """Return the compute that is configured so; the kernels of this process share its connection."""
    info, named = ComputeInfo(**{"created_at": now(), **json.loads(config)}), json.loads(vault)
    return registry.create(
        info,
        directory=Path(directory) if directory else None,
        read_secret=secret_reader(
            Path(named["folder"]), Path(named["files"]), VaultSettings.model_validate(named["settings"])
        )
        if named
        else None,
    )


async def reserved(compute: Compute, within_s: float) -> Compute:
    """Return the compute, or a node of a cluster, for which the kernel may have to wait."""
    try:
        async with asyncio.timeout(within_s):
            return await compute.reserve(kernel=True)
    except TimeoutError:
        why = (await compute.nodes()).message
        raise UnavailableError(f"no node was free within {within_s:g} s{f': {why}' if why else ''}") from None
