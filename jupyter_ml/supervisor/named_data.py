# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Respond to executors whose jobs read data by name, and record that in the lineage."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING

from jupyter_ml.broker.messages import failure, too_many_names
from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.lineage import NodeId
from jupyter_ml.schemas.named_data import MAX_DATA_REQUESTS
from jupyter_ml.services.named_data import locate_data
from jupyter_ml.storage import nofollow

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.event_log import DataRequested
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.mirroring import Mirror
    from jupyter_ml.supervisor.threads import Threads

__all__ = ["DataResponses"]

_log = logging.getLogger(__name__)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW


class DataResponses:
    """Responds to the requests of one attempt, as often as they are read again.

    Parameters
    ----------
    workspace, threads, job, folder, mirror
        The attempt.
    """

    def __init__(
        self, workspace: WorkspaceContext, threads: Threads, job: Job, folder: AttemptFolder, mirror: Mirror
    ) -> None:
        self._workspace, self._threads, self._job = workspace, threads, job
        self._folder, self._mirror = folder, mirror
        self._count = 0

    async def respond(self, request: DataRequested) -> None:
        """Write the response to a request; all that are too many get one, because user code can write any number."""
        self._count += 1
        if self._count > MAX_DATA_REQUESTS + 1:
            return
        refused = self._count > MAX_DATA_REQUESTS
        path = self._folder.refusal if refused else self._folder.response(request.id)
        try:
            await self._threads.store(self._respond, request, path, refused)
            await self._mirror.send_file(path)
        except Exception as error:
            _log.warning("%s: no response to %s: %s", self._job.name, request.reference, error)

    def _respond(self, request: DataRequested, path: Path, refused: bool) -> None:
        try:
            if refused:
                raise too_many_names()
            reader = NodeId("job", self._job.name)
            response = locate_data(self._workspace, request.reference, reader).document()
        except JupyterMLError as error:
            response = failure(error)
        with nofollow.folder(path.parent) as folder:
            descriptor = os.open(path.name, _NEW, 0o600, dir_fd=folder)
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 -- of a descriptor
                file.write(json.dumps(response))
