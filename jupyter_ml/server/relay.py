# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What happens in the workspace, told to everybody who listens to Jupyter's event stream."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.changes import ExperimentChanged, JobChanged, JobProgressed
from jupyter_ml.server.parsing import encode

if TYPE_CHECKING:
    from jupyter_events import EventLogger
    from tornado.ioloop import IOLoop

    from jupyter_ml.services.workspace import Workspace

__all__ = ["Relay"]

_IDS = {
    JobChanged: "https://events.jupyter.org/jupyter_ml/job/v1",
    JobProgressed: "https://events.jupyter.org/jupyter_ml/job_progress/v1",
    ExperimentChanged: "https://events.jupyter.org/jupyter_ml/experiment/v1",
}
TROUBLE_S = 1.0
"""How long to wait after something failed."""

_log = logging.getLogger(__name__)


class Relay(threading.Thread):
    """Follows the workspace in a thread, since looking blocks, and tells on the event loop, since nothing else may.

    Parameters
    ----------
    workspace
        What to follow.
    logger
        Whom to tell.
    loop
        Where.
    """

    def __init__(self, workspace: Workspace, logger: EventLogger, loop: IOLoop) -> None:
        super().__init__(name="jupyter-ml-relay", daemon=True)
        self._workspace, self._logger, self._loop = workspace, logger, loop
        self._feed = workspace.follow()
        self._bell = workspace.listen()
        self._ended = threading.Event()

    def run(self) -> None:
        """Follow until `end`."""
        with self._bell:
            while not self._ended.is_set():
                try:
                    for change in self._feed.poll():
                        self._tell(change)
                except Exception:  # noqa: BLE001 -- the database may be busy, or away for a while
                    _log.exception("the workspace cannot be followed; trying again")
                    self._ended.wait(TROUBLE_S)
                self._bell.wait(self._feed.poll_interval)

    def end(self) -> None:
        """Follow no more; return when the thread has ended."""
        self._ended.set()
        self._workspace.notify()
        self.join()

    def _tell(self, change: JobChanged | JobProgressed | ExperimentChanged) -> None:
        data: dict[str, Any] = json.loads(encode(type(change), change))
        self._loop.add_callback(self._logger.emit, schema_id=_IDS[type(change)], data=data)
