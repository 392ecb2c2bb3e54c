# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The life cycle of a compute, as tests."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.compute.base import ComputeState
from jupyter_ml.compute.testing.fixtures import Fixtures, asynchronous
from jupyter_ml.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyter_ml.compute.base import Compute


__all__ = ["LifecycleContract"]


class LifecycleContract(Fixtures):
    """What a compute can do, it does; what it cannot do, it refuses."""

    @asynchronous
    async def test_create_and_start_may_be_repeated(self, compute: Compute) -> None:
        """It is ready afterwards, however often."""
        for _ in range(2):
            await compute.create()
            await compute.start()
            assert await compute.state() is ComputeState.RUNNING

    @asynchronous
    async def test_usage_is_within_its_bounds(self, compute: Compute) -> None:
        """It uses some of what it has."""
        usage = await compute.usage()
        assert usage.cpu_count >= 1
        assert 0 <= usage.cpu_percent <= 100
        assert 0 < usage.memory_bytes <= usage.memory_total_bytes

    @asynchronous
    async def test_operations_that_it_is_not_capable_of_are_refused(self, compute: Compute) -> None:
        """By a sentence that names the compute."""
        able = compute.capabilities
        refused: list[Callable[[], Awaitable[Any]]] = []
        refused += [] if able.stops else [compute.stop, compute.restart]
        refused += [] if able.changes else [compute.delete]
        refused += [] if able.scales else [partial(compute.scale, 2)]
        for operation in refused:
            with pytest.raises(ConflictError, match=f"'{compute.name}' of type '{compute.compute_type}' cannot be"):
                await operation()
        if not able.logs:
            with pytest.raises(ConflictError, match="cannot be asked for logs"):
                compute.logs()
