# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Threads for calls that block, beside the one loop of the supervisor."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Threads"]

STORE = 4
"""SQLite has one writer at a time; more threads would only wait."""
SLOW = 16

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Threads:
    """Two small pools: calls to MLflow or a remote store that hang must not delay those to the workspace's database."""

    def __init__(self) -> None:
        self._store = ThreadPoolExecutor(STORE, "store")
        self._slow = ThreadPoolExecutor(SLOW, "slow")

    async def store(
        self, call: Callable[_Parameters, _Result], *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> _Result:
        """Return the result of a call to the workspace's database."""
        return await asyncio.get_running_loop().run_in_executor(self._store, partial(call, *args, **kwargs))

    async def slow(
        self, call: Callable[_Parameters, _Result], *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> _Result:
        """Return the result of a call to MLflow or of work on many files."""
        return await asyncio.get_running_loop().run_in_executor(self._slow, partial(call, *args, **kwargs))

    def close(self) -> None:
        """Start no more calls; those that run are not waited for."""
        for pool in (self._store, self._slow):
            pool.shutdown(wait=False, cancel_futures=True)
