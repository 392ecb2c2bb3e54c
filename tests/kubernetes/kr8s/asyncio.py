# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The part of ``kr8s.asyncio`` that is used."""

# ruff: noqa: ASYNC240 -- as in the files of a test

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CLUSTER, GROUP = "dask.org/cluster-name", "dask.org/workergroup-name"
MISSING = {"waiting": {"reason": "ImagePullBackOff", "message": "there is no image 'missing'"}}


async def get(
    kind: str, *, namespace: str, label_selector: dict[str, str] | None = None
) -> AsyncIterator[SimpleNamespace]:
    """Yield the resources of a kind."""
    assert namespace == "default"
    directory = Path(os.environ["FAKE_KUBERNETES"])
    if kind == "daskworkergroups":
        for file in directory.glob("*.group"):
            yield SimpleNamespace(name=file.stem)
        return
    assert kind == "pods"
    assert label_selector is not None
    assert label_selector["dask.org/component"] == "worker"
    for file in directory.glob(f"{label_selector[CLUSTER]}-*.pod"):
        missing = json.loads(file.read_text())["pid"] is None
        status = {"phase": "Pending", "containerStatuses": [{"state": MISSING}]} if missing else {"phase": "Running"}
        yield SimpleNamespace(name=f"{file.stem}-worker-1", labels={GROUP: file.stem}, raw={"status": status})
