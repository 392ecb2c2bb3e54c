# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Ask the supervisor where data is that the code of a job reads by name.

The executor has no access to the database, and its compute may be another machine. It asks by an event in the event
log, which the supervisor follows, and gets a file, which a compute can be sent.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jupyter_ml.broker.messages import MAX_RESPONSE, require_success, too_many_names
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.event_log import DataRequested
from jupyter_ml.schemas.named_data import MAX_DATA_REQUESTS, NamedData
from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_ml.executor.recorder import Recorder
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["NamedDataRequests"]

WAIT_S = 50.0
"""How long the supervisor may take; less than a process of the job waits for its broker."""
SHORTEST_S, LONGEST_S = 0.01, 0.1
"""Between two looks for the response."""
MAX_NAME = 4_096


class NamedDataRequests:
    """Finds data for the processes of an attempt; a label means the same version until its end.

    Parameters
    ----------
    folder
        The attempt's folder.
    recorder
        Writes the event log.
    """

    def __init__(self, folder: AttemptFolder, recorder: Recorder) -> None:
        self._folder, self._recorder = folder, recorder
        self._found: dict[str, NamedData] = {}
        self._asked = 0

    async def locate(self, reference: str, notebook: str | None = None) -> NamedData:
        """Return where data is.

        Parameters
        ----------
        reference
            Its name, as ``azureml://data/…``.
        notebook
            Not used: the reader is the job.

        Raises
        ------
        NotFoundError
            If there is no such data.
        InvalidInputError
            If it is in another workspace, or not data.
        UnavailableError
            If no supervisor responds.
        """
        del notebook
        if reference not in self._found:
            if len(reference) > MAX_NAME:
                raise InvalidInputError(f"a name of data has {MAX_NAME:,} characters at most")
            if self._asked >= MAX_DATA_REQUESTS:
                raise too_many_names()
            self._asked += 1
            identifier = secrets.token_hex(8)
            self._recorder.emit(DataRequested, id=identifier, reference=reference)
            paths = self._folder.response(identifier), self._folder.refusal
            response = await _response(paths, reference)
            self._found[reference] = NamedData.of(require_success(response))
        return self._found[reference]


async def _response(paths: Iterable[Path], reference: str) -> dict[str, Any]:
    """Return the response in one of the files, when it is there and complete."""
    pause, until = SHORTEST_S, time.monotonic() + WAIT_S
    while time.monotonic() < until:
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_S)
        for path in paths:
            with suppress(OSError, ValueError), open_regular(path) as file:
                content = json.loads(file.read(MAX_RESPONSE))
                if isinstance(content, dict):
                    return content
    raise UnavailableError(
        f"{reference} was not found, because no supervisor of the workspace has responded for {WAIT_S:.0f} s: look at "
        "it with jupyter ml doctor"
    )
