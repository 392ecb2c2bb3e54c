# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Cancellation tokens of attempts, and waits that they end."""

from __future__ import annotations

import asyncio

__all__ = ["CancellationToken", "DetachedError"]


class DetachedError(Exception):
    """The supervisor ends: the attempt goes on without it."""


class CancellationToken:
    """Requests to cancel an attempt or to leave it to the next supervisor, which end its waits at once.

    Attributes
    ----------
    canceled : bool
        Whether the job is to be canceled.
    detached : bool
        Whether the supervisor ends.
    """

    def __init__(self) -> None:
        self.canceled = self.detached = False
        self._woken = False
        self._pause: asyncio.Future[None] | None = None

    def cancel(self) -> None:
        """Request that the job be canceled."""
        self.canceled = True
        self.wake()

    def detach(self) -> None:
        """Request that the attempt be left to the next supervisor."""
        self.detached = True
        self.wake()

    def wake(self) -> None:
        """End the pause, or the next one where there is none."""
        self._woken = True
        if self._pause is not None and not self._pause.done():
            self._pause.set_result(None)

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the first `wake`, `cancel` or `detach`.

        Raises
        ------
        DetachedError
            When the supervisor ends.
        """
        if not self._woken:
            loop = asyncio.get_running_loop()
            self._pause = loop.create_future()
            timer = loop.call_later(seconds, self.wake)
            try:
                await self._pause
            finally:
                timer.cancel()
                self._pause = None
        self._woken = False
        if self.detached:
            raise DetachedError
