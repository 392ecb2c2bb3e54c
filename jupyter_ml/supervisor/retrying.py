# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Retry calls to MLflow's store while it is locked or unavailable: no job fails because of that."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, TypeVar

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jupyter_ml.supervisor.cancellation import CancellationToken
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["Retrying"]

PAUSES_S = (0.2, 10.0)
"""The first and the longest pause between two tries; each is twice as long as the one before."""

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class Retrying:
    """Calls MLflow's store for one attempt, again and again where it is unavailable.

    Parameters
    ----------
    name
        Of the job, for the log.
    threads
        Run the calls.
    cancellation
        Of the attempt.
    limit_s
        How long to retry; None for without end.
    canceled_s
        The same, once the job is canceled.
    """

    def __init__(
        self,
        name: str,
        threads: Threads,
        cancellation: CancellationToken,
        *,
        limit_s: float | None = None,
        canceled_s: float = 0.0,
    ) -> None:
        self._name, self._threads, self._cancellation = name, threads, cancellation
        self._limit_s, self._canceled_s = limit_s, canceled_s
        self._began = time.monotonic()

    async def call(
        self,
        action: Callable[[], _Result],
        *,
        on_wait: Callable[[UnavailableError], Awaitable[None]] | None = None,
    ) -> _Result:
        """Return the result of `action` as soon as the store answers.

        Parameters
        ----------
        action
            What to try, in a thread; it may be done any number of times.
        on_wait
            Called when the first try has failed.

        Raises
        ------
        UnavailableError
            When the limit is reached.
        DetachedError
            When the supervisor ends first.
        """
        pause, longest = PAUSES_S
        while True:
            try:
                return await self._threads.slow(action)
            except UnavailableError as error:
                if self._left_s() <= 0:
                    raise
                _log.warning("%s waits for the MLflow store: %s", self._name, error)
                if on_wait is not None:
                    await on_wait(error)
                    on_wait = None
            await self._pause(pause)
            pause = min(2 * pause, longest)

    def _left_s(self) -> float:
        limit_s = self._canceled_s if self._cancellation.canceled else self._limit_s
        return float("inf") if limit_s is None else limit_s - (time.monotonic() - self._began)

    async def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := min(until - time.monotonic(), self._left_s())) > 0:
            await self._cancellation.pause(left)
