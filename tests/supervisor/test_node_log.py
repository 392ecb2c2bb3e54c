# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a further node requests and warns of is noted, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

from jupyter_ml.eventlog.writer import EventLogWriter
from jupyter_ml.schemas.event_log import Warned
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.supervisor import node_log
from jupyter_ml.supervisor.node_log import NodeLog
from jupyter_ml.supervisor.threads import Threads
from tests.store.jobs import job
from tests.workspaces import TIMEOUT_S


class Mirror:
    """Of a node that shares its files."""

    @asynccontextmanager
    async def followed(self, *_):
        yield


def test_a_node_is_followed_again_after_an_error(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr(node_log, "READ_S", 0.01)
    context, threads, folder = workspace._context, Threads(), AttemptFolder(tmp_path / "attempt")
    folder.path.mkdir()
    context.store.jobs.insert(job("on_nodes"), host=None)
    writer = EventLogWriter(folder.event_log)
    messages = ["first", "second"]
    for message in messages:
        writer.write(Warned(time=time.time(), warning=JobWarning(message=message)))
    writer.close()
    errors, add_warnings = [OSError("the database is gone")], context.store.jobs.add_warnings

    def fail_once(*given):
        if errors:
            raise errors.pop()
        add_warnings(*given)

    monkeypatch.setattr(context.store.jobs, "add_warnings", fail_once)

    def known():
        return [warning.message for warning in context.store.jobs.get("on_nodes").warnings]

    async def follow():
        node = SimpleNamespace(folder=folder, mirror=Mirror(), process=None)
        async with (
            NodeLog(context, threads, context.store.jobs.get("on_nodes"), node).followed(),
            asyncio.timeout(TIMEOUT_S),
        ):
            while known() != messages:  # noqa: ASYNC110 -- it is the database that changes
                await asyncio.sleep(0.01)

    asyncio.run(follow())
    threads.close()
    assert errors == []
