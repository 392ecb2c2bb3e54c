# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The nodes of a cluster that have responded: how each is reached, and by whom it is used."""

from __future__ import annotations

import inspect
import pickle
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed.core import connect

from jupyter_ml.agent import archive
from jupyter_ml.compute.agents.client import AgentClient
from jupyter_ml.compute.dask import node
from jupyter_ml.compute.dask.calling import reach_node
from jupyter_ml.compute.dask.sizing import Use
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.nodes import ComputeNode, NodeState

if TYPE_CHECKING:
    from datetime import datetime

    from distributed.comm import Comm

__all__ = ["Member", "make_client", "open_agent", "prepare"]

AGENT_IDLE_S = 600.0
"""After so long without a client and without programs a node ends by itself."""
CONNECT_S, ASK_S = 10.0, 5.0
EXPRESSION = "(exec(source, space), space['prepare'](archive, idle_s))[1]"


@dataclass
class Member:
    """A node that has responded.

    Attributes
    ----------
    about
        What it has replied.
    name, address
        Of its worker; no address while that is away.
    since
        Since when it is in its state.
    away_since
        Since when its worker is away, by the clock of the loop.
    """

    about: dict[str, Any]
    name: str
    address: str | None
    client: AgentClient
    since: datetime
    state: NodeState = NodeState.IDLE
    use: Use = field(default_factory=Use)
    away_since: float | None = None
    message: str | None = None

    @property
    def id(self) -> str:
        """What it is called."""
        return str(self.about["id"])

    async def count_programs(self) -> None:
        """Ask its agent how many programs run."""
        self.use.programs = int((await self.client.request("about", patience_s=ASK_S))[0]["programs"])

    def observe(self, state: NodeState, at: datetime) -> None:
        """Note in which state it is."""
        if state is not self.state:
            self.state, self.since = state, at

    def describe(self) -> ComputeNode:
        """Return what clients see of it."""
        kernels = self.use.kernels
        return ComputeNode(
            id=self.id,
            name=self.name,
            state=self.state,
            host=self.about["host"],
            python=self.about["version"],
            jobs=len(self.use.holds) - kernels,
            kernels=kernels,
            since=self.since,
            message=self.message,
        )


def make_client(directory: Path, identity: str) -> AgentClient:
    """Return a client of the agent of a node."""
    return AgentClient(identity, lambda: reach_node(directory, identity))


@cache
def _archive() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        archive.create(Path(folder, "agent.pyz"))
        return Path(folder, "agent.pyz").read_bytes()


async def prepare(address: str, connection: dict[str, Any]) -> dict[str, Any]:
    """Make the agent of a worker's node reachable, and return what the node is.

    Source text is sent, and not a function: the worker may run another version of Python.

    Raises
    ------
    UnavailableError
        When the worker refuses, with its reason.
    """
    space = {"__name__": "jupyter_ml_node"}
    given = {"source": inspect.getsource(node), "space": space, "archive": _archive(), "idle_s": AGENT_IDLE_S}
    call = {"function": pickle.dumps(eval, 4), "args": pickle.dumps((EXPRESSION, given), 4)}
    comm = await connect(address, timeout=CONNECT_S, **connection)
    try:
        await comm.write({"op": "run", **call, "kwargs": pickle.dumps({}, 4), "wait": True, "close": True})
        reply = await comm.read()
    finally:
        comm.abort()
    if reply["status"] != "OK":
        raise UnavailableError(f"the worker at {address} cannot start an agent: {reply.get('exception_text', reply)}")
    result: dict[str, Any] = reply["result"]
    return result


async def open_agent(address: str, connection: dict[str, Any]) -> Comm:
    """Return a connection over which the bytes of an agent are exchanged."""
    comm = await connect(address, timeout=CONNECT_S, **connection)
    await comm.write({"op": node.OPERATION, "reply": False})
    return comm
