# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A port of a compute that leads to this machine."""

from __future__ import annotations

from abc import ABC, abstractmethod

__all__ = ["Exposure"]


class Exposure(ABC):
    """A port of 127.0.0.1 of a compute that leads to a Unix socket of this machine.

    Every user of the compute can connect to it.
    """

    @abstractmethod
    async def open(self) -> int:
        """Listen on a free port, and return its number."""

    @abstractmethod
    def resume(self, port: int) -> None:
        """Go on with a port that another process has opened."""

    @abstractmethod
    async def release(self) -> None:
        """Close its connections and leave the port, on which connections wait, to another process."""

    @abstractmethod
    async def close(self) -> None:
        """Close it with all its connections."""
