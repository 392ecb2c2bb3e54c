# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Answer the processes of a job when they read data by name, and record that in the event log."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jupyter_ml.broker.messages import ARTIFACT_DATASTORE, ARTIFACT_STORE, VARIABLE
from jupyter_ml.broker.server import Broker
from jupyter_ml.errors import InvalidInputError, NotFoundError, nearest
from jupyter_ml.executor.named_data import NamedDataRequests
from jupyter_ml.schemas.event_log import SecretRead
from jupyter_ml.schemas.reference_scopes import elsewhere, is_here

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from jupyter_ml.executor.recorder import Recorder
    from jupyter_ml.schemas.connections import Connection
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["brokered"]


@asynccontextmanager
async def brokered(
    folder: AttemptFolder,
    connections: Mapping[str, Connection],
    workspace: str | None,
    environment: Mapping[str, str],
    recorder: Recorder,
) -> AsyncIterator[Mapping[str, str]]:
    """Answer the job's processes during the block; yields their environment.

    Parameters
    ----------
    folder
        The attempt's folder, in which the socket is.
    connections
        Connections by the name of their datastore.
    workspace
        Name of the workspace.
    environment
        Variables of the kernel or the command.
    recorder
        Records what was read.
    """
    if not connections:
        yield environment
        return

    async def answer(datastore: str, named: str | None, pid: int) -> Connection:
        if not is_here(named, workspace):
            short = f"azureml://datastores/{datastore}/paths/PATH"
            raise InvalidInputError(f"datastore {datastore!r} {elsewhere(str(named), workspace, short)}")
        if datastore not in connections:
            raise NotFoundError(
                f"there is no datastore {datastore!r}{nearest(datastore, connections)}; a job knows the datastores "
                "that existed when it started"
            )
        connection = connections[datastore]
        if connection.credentials:
            name = ARTIFACT_DATASTORE if datastore == ARTIFACT_STORE else datastore
            recorder.emit(SecretRead, datastore=name, pid=pid or None)
        return connection

    broker = Broker(folder.broker, answer, NamedDataRequests(folder, recorder).locate)
    try:
        await broker.start()
    except OSError as error:
        recorder.warn(f"Datastores cannot be read by name in this job: the socket cannot be created: {error}")
        yield environment
        return
    try:
        yield {**environment, VARIABLE: str(folder.broker)}
    finally:
        broker.close()
