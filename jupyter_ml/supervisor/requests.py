# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Carrying out what clients ask for: cancels and deletes, each by itself, so that one that fails stops nothing else."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.requests import RequestKind
from jupyter_ml.supervisor.purging import purge

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["Requests"]

FIRST_RETRY_S = 2.0
LAST_RETRY_S = 300.0

_log = logging.getLogger(__name__)


@dataclass
class _Failure:
    count: int
    retry_at: float


class Requests:
    """The requests of a workspace that wait for this host.

    Cancels are carried out by whoever calls `carry_out`, deletes beside it in a thread, because a folder may be large
    and the store of its artifacts slow. What fails is noted with the job and tried again, later each time.

    Parameters
    ----------
    workspace
        Whose.
    host
        This one.
    cancel
        Ends a job; called with its name.
    """

    def __init__(self, workspace: WorkspaceContext, host: str, cancel: Callable[[str], None]) -> None:
        self._workspace, self._host, self._cancel = workspace, host, cancel
        self._failures: dict[tuple[RequestKind, str], _Failure] = {}
        self._deleting: threading.Thread | None = None

    def carry_out(self) -> bool:
        """Carry out what is due, and tell whether anything is going on."""
        due = self._due()
        for kind, name in due:
            if kind is RequestKind.CANCEL:
                self._attempt(kind, name, self._cancel)
        deletes = [name for kind, name in due if kind is RequestKind.DELETE]
        if deletes and not self._busy():
            self._deleting = threading.Thread(target=self._delete, args=(deletes,), name="deletes", daemon=True)
            self._deleting.start()
        return self._busy()

    def pending(self) -> bool:
        """Tell whether there is a request that has not failed yet."""
        return bool(self._due())

    def _busy(self) -> bool:
        return self._deleting is not None and self._deleting.is_alive()

    def _due(self) -> list[tuple[RequestKind, str]]:
        waiting = self._workspace.store.jobs.requests(host=self._host)
        for key in self._failures.keys() - set(waiting):
            self._failures.pop(key, None)
        clock = time.monotonic()
        return [key for key in waiting if key not in self._failures or self._failures[key].retry_at <= clock]

    def _delete(self, names: list[str]) -> None:
        for name in names:
            self._attempt(RequestKind.DELETE, name, lambda name: purge(self._workspace, name))

    def _attempt(self, kind: RequestKind, name: str, act: Callable[[str], None]) -> None:
        try:
            act(name)
        except NotFoundError:  # it has been carried out, or withdrawn, meanwhile
            _log.info("%s of %s: it is gone already", kind, name)
        except Exception as error:
            count = self._failures[kind, name].count + 1 if (kind, name) in self._failures else 1
            wait_s = min(FIRST_RETRY_S * 2 ** (count - 1), LAST_RETRY_S)
            self._failures[kind, name] = _Failure(count, time.monotonic() + wait_s)
            _log.exception("%s of %s failed (%d times); next try in %g s", kind, name, count, wait_s)
            self._note(name, f"{error or type(error).__name__}", wait_s)

    def _note(self, name: str, error: str, wait_s: float) -> None:
        try:
            self._workspace.store.jobs.request_failed(name, error, now() + timedelta(seconds=wait_s))
            self._workspace.notify()
        except (NotFoundError, ConflictError):  # withdrawn meanwhile
            pass
        except Exception:
            _log.exception("%s: why its request failed could not be stored", name)
