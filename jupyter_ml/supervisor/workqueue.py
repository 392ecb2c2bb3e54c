# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Queue the keys of what a controller has to look at: each once, now or later, and never two at the same time."""

from __future__ import annotations

import asyncio
import heapq
import time
from itertools import count

__all__ = ["FIRST_RETRY_S", "LAST_RETRY_S", "WorkQueue"]

FIRST_RETRY_S = 2.0
LAST_RETRY_S = 300.0


class WorkQueue:
    """A deduplicating queue with delays and back-off.

    A key that is added while it waits is queued once, for the earlier of the two moments. One that is added while it is
    worked on is queued again when that is done.
    """

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._order = count()
        self._working: set[str] = set()
        self._again: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._changed = asyncio.Event()

    @property
    def failing(self) -> set[str]:
        """The keys that failed the last time."""
        return set(self._failures)

    @property
    def working(self) -> set[str]:
        """The keys that are worked on."""
        return set(self._working)

    def __contains__(self, key: str) -> bool:
        """Whether a key waits or is worked on."""
        return key in self._due or key in self._working

    def add(self, key: str, delay: float = 0.0) -> None:
        """Queue a key, for a moment in `delay` seconds at the latest."""
        at = time.monotonic() + delay
        if key in self._working:
            self._again[key] = min(at, self._again.get(key, at))
        elif at < self._due.get(key, float("inf")):
            self._due[key] = at
            heapq.heappush(self._heap, (at, next(self._order), key))
            self._changed.set()

    async def get(self) -> str:
        """Wait for the next key that is due, and begin to work on it: `done` or `failed` follows."""
        while True:
            self._changed.clear()
            wait_s = self._wait_s()
            if wait_s is not None and wait_s <= 0:
                break
            try:
                await asyncio.wait_for(self._changed.wait(), wait_s)
            except TimeoutError:
                continue
        key = heapq.heappop(self._heap)[2]
        del self._due[key]
        self._working.add(key)
        return key

    def done(self, key: str, delay: float | None = None) -> None:
        """End the work on a key and forget its failures; queue it again after `delay` seconds unless that is None."""
        self._failures.pop(key, None)
        self._finish(key, delay)

    def failed(self, key: str) -> float:
        """End the work on a key, queue it again after twice the delay of its last failure, and return that delay."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        delay = min(FIRST_RETRY_S * 2.0**failures, LAST_RETRY_S)
        self._finish(key, delay)
        return delay

    def _finish(self, key: str, delay: float | None) -> None:
        self._working.discard(key)
        if delay is not None:
            self.add(key, delay)
        if (at := self._again.pop(key, None)) is not None:
            self.add(key, max(0.0, at - time.monotonic()))

    def _wait_s(self) -> float | None:
        """Return the seconds until the first key is due, None where there is none; drop entries that were replaced."""
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] - time.monotonic() if self._heap else None
