# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Follow a file of this machine that grows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jupyter_ml.agent.files import piece

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from jupyter_ml.compute.process import Process

__all__ = ["SHORTEST_S", "Interval", "follow"]

SHORTEST_S, LONGEST_S = 0.01, 0.25
"""Between two looks at a file: 3 microseconds each; notifications of the kernel would need a package or C."""


class Interval:
    """How long to wait until the next look at a file: three times as long each time, as long as it does not grow."""

    def __init__(self) -> None:
        self._next_s = SHORTEST_S

    def next(self, *, grown: bool) -> float:
        """Return the seconds to wait after a look at the file that has `grown` or not."""
        seconds = SHORTEST_S if grown else self._next_s
        self._next_s = min(3 * seconds, LONGEST_S)
        return seconds


async def follow(path: Path, offset: int, process: Process) -> AsyncGenerator[bytes, None]:
    """Yield what is appended to a file, as `Process.follow`."""
    interval, waiting = Interval(), asyncio.ensure_future(process.wait())
    try:
        while True:
            ended = waiting.done()  # before the look: what was written before the end is seen
            found = piece(str(path), offset)
            if found:
                offset += len(found)
                yield found
            elif ended:
                return
            await asyncio.wait([waiting], timeout=None if ended else interval.next(grown=bool(found)))
    finally:
        waiting.cancel()
