# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a job needs of its compute."""

from __future__ import annotations

from pydantic import Field

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.sizes import MemorySize, size_bytes

__all__ = ["JobResources"]


class JobResources(Schema):
    """What a job needs of its compute; it waits until that is free."""

    gpus: int | None = Field(default=None, ge=0, le=1_000, title="GPUs")
    """How many GPUs it has for itself, in ``CUDA_VISIBLE_DEVICES``; by default it sees all, with 0 none."""
    instance_count: int = Field(strict=True, default=1, ge=1, le=1_000)
    """On how many nodes of a cluster the processes of its ``distribution`` run; it has them for itself."""
    memory: MemorySize | None = Field(default=None, title="Memory", examples=["4GB"])
    """How much memory it is expected to need, e.g. ``4GB``; by default what the last jobs like it used."""

    @property
    def memory_bytes(self) -> int | None:
        """The memory that it is expected to need."""
        return None if self.memory is None else size_bytes(self.memory)
