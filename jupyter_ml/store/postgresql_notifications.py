# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Receive the notifications of other hosts by PostgreSQL's LISTEN and NOTIFY."""

from __future__ import annotations

import logging
import os
import select
import threading
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import exc

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.store.engine import Database

__all__ = ["CHANNEL", "PostgreSQLListener"]

CHANNEL = "jupyter_ml"
_PATIENCE_S = 5.0
_log = logging.getLogger(__name__)


class PostgreSQLListener:
    """A thread that waits for notifications; a lost connection is established again."""

    def __init__(self, database: Database, callback: Callable[[], object]) -> None:
        self._database = database
        self._callback = callback
        self._stop, self._stopper = os.pipe()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jupyter-ml-listener", daemon=True)
        self._thread.start()
        self._ready.wait(_PATIENCE_S)

    def close(self) -> None:
        """Stop listening."""
        os.write(self._stopper, b"!")
        self._thread.join()
        os.close(self._stop)
        os.close(self._stopper)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        import psycopg

        ended = False
        while not ended:
            try:
                self._listen()
                ended = True
            except (psycopg.Error, exc.DBAPIError) as error:
                _log.warning("%s: other hosts are not heard for a while: %s", self._database.label, error)
                ended = self._waited(None, _PATIENCE_S)

    def _listen(self) -> None:
        pooled = self._database.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        with connection:
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            self._ready.set()
            while not self._waited(connection.fileno(), None):
                if list(connection.notifies(timeout=0)):
                    self._callback()

    def _waited(self, descriptor: int | None, timeout: float | None) -> bool:
        """Wait for a notification or the end; return whether it is the end."""
        watched = [self._stop] if descriptor is None else [self._stop, descriptor]
        return self._stop in select.select(watched, [], [], timeout)[0]
