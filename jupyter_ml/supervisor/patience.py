# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Trying again as long as MLflow's store is locked or does not answer: a job has not failed because of that."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, TypeVar

from jupyter_ml.errors import UnavailableError
from jupyter_ml.supervisor.claiming import DetachedError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

__all__ = ["Patience"]

PAUSES_S = (0.2, 10.0)
"""The first and the longest pause between two tries; each is twice as long as the one before."""
TICK_S = 0.1

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


class Patience:
    """How long one attempt waits for MLflow's store.

    Parameters
    ----------
    name
        Of the job, for the log.
    cancel
        Set when somebody wants the job to end.
    detach
        Set when the supervisor itself has to go.
    limit_s
        For how long to try; None for without end.
    canceled_s
        The same, once the job is canceled.
    """

    def __init__(
        self,
        name: str,
        *,
        cancel: threading.Event,
        detach: threading.Event,
        limit_s: float | None = None,
        canceled_s: float = 0.0,
    ) -> None:
        self._name, self._cancel, self._detach = name, cancel, detach
        self._limit_s, self._canceled_s = limit_s, canceled_s
        self._began = time.monotonic()

    def insist(
        self, action: Callable[[], _Result], *, on_wait: Callable[[UnavailableError], None] | None = None
    ) -> _Result:
        """Return what `action` returns as soon as the store answers.

        Parameters
        ----------
        action
            What to try; it may be done any number of times.
        on_wait
            Called when it did not work for the first time.

        Raises
        ------
        UnavailableError
            When patience ends.
        DetachedError
            When the supervisor has to go first.
        """
        pause, longest = PAUSES_S
        while True:
            try:
                return action()
            except UnavailableError as error:
                if self._ended():
                    raise
                _log.warning("%s waits for the MLflow store: %s", self._name, error)
                if on_wait is not None:
                    on_wait(error)
                    on_wait = None
            self._pause(pause)
            pause = min(2 * pause, longest)

    def _ended(self) -> bool:
        limit_s = self._canceled_s if self._cancel.is_set() else self._limit_s
        return limit_s is not None and time.monotonic() - self._began >= limit_s

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._ended():
            if self._detach.wait(TICK_S):
                raise DetachedError
