# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Emit the changes of the workspace on Jupyter's event stream."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError, NewerDatabaseError
from jupyter_ml.server.event_schemas import schema_id
from jupyter_ml.server.parsing import encode

if TYPE_CHECKING:
    from jupyter_events import EventLogger
    from tornado.ioloop import IOLoop

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.services.workspace import Workspace

__all__ = ["EventRelay"]

RETRY_DELAY_S = 1.0
"""Time to wait after an error."""
KERNELS = {"environment", "compute"}
"""Kinds whose resources are kernels of JupyterLab."""

_log = logging.getLogger(__name__)


class EventRelay(threading.Thread):
    """Follow the workspace in a thread, and emit its changes on the event loop.

    Parameters
    ----------
    workspace
        Workspace to follow.
    logger
        Logger of Jupyter's event stream.
    loop
        Event loop of the server, on which the logger has to be called.
    """

    def __init__(self, workspace: Workspace, logger: EventLogger, loop: IOLoop) -> None:
        super().__init__(name="jupyter-ml-relay", daemon=True)
        self._logger, self._loop = logger, loop
        self._workspace, self._feed = workspace, workspace.follow()
        self._ended = threading.Event()

    def run(self) -> None:
        """Follow the workspace until `stop` is called."""
        with self._feed:
            while not self._ended.is_set():
                try:
                    changes = list(self._feed.poll())
                    if any(getattr(change, "kind", None) in KERNELS for change in changes):
                        self._update_kernels()  # before clients are notified, which read the kernels then
                    for change in changes:
                        self._emit(change)
                except NewerDatabaseError as error:
                    _log.error("%s; events are not emitted any more", error)
                    return
                except Exception:  # noqa: BLE001 -- the database may be busy or unavailable for a while
                    _log.exception("cannot follow the workspace; retrying")
                    self._ended.wait(RETRY_DELAY_S)
                self._feed.wait()

    def stop(self) -> None:
        """Stop following, and return when the thread has ended."""
        self._ended.set()
        self._feed.wake()
        self.join()

    def _update_kernels(self) -> None:
        try:
            self._workspace.environments.kernel_folder()
        except (JupyterMLError, OSError):
            _log.exception("the kernels of the workspace are not up to date")

    def _emit(self, change: Schema) -> None:
        data: dict[str, Any] = json.loads(encode(type(change), change))
        self._loop.add_callback(self._logger.emit, schema_id=schema_id(change), data=data)
