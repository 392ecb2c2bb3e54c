# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start programs through an agent."""

from __future__ import annotations

import io
import socket
import uuid
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.agents.channels import Channel
from jupyter_ml.compute.process import MARKER, KernelFork
from jupyter_ml.compute.streams import open_log, read_in_time, send_at_once, send_input
from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from jupyter_ml.compute.agents.client import AgentClient
    from jupyter_ml.compute.process import Info, ProcessSpec

__all__ = ["start"]

NO_FORKS = "unexpected keyword argument 'fork'"
"""How an agent replies that is of an earlier version, because it has run since then."""


async def start(client: AgentClient, spec: ProcessSpec, *, pass_descriptors: bool) -> Info:
    """Start a program, and return what identifies it when it has read its standard input.

    Parameters
    ----------
    client, spec
        The agent, and what to start.
    pass_descriptors
        Whether its standard streams are opened here and passed to the agent, which is on this machine. Otherwise the
        agent opens its log, and its input goes through the connection.
    """
    environment = {**spec.env, MARKER: spec.marker}
    given = {"key": uuid.uuid4().hex, "argv": spec.argv, "cwd": str(spec.cwd), "env": environment}
    if isinstance(spec.fork, KernelFork):
        given["fork"] = {**asdict(spec.fork), "env": {**spec.fork.env, MARKER: spec.marker}}
    begin = partial(_passing if pass_descriptors else _connected, client, spec)
    try:
        started = await begin(given)
    except OSError as error:
        if given.pop("fork", None) is None or NO_FORKS not in str(error):
            raise
        started = await begin(given)
    return {"key": given["key"], "marker": spec.marker, **started}


async def _passing(client: AgentClient, spec: ProcessSpec, given: dict[str, Any]) -> dict[str, Any]:
    # a socket, because other processes of the user could open a file or a pipe by its path in /proc
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)
        with theirs, open_log(spec.log) as log:
            sent = send_at_once(ours, spec.stdin)
            started, _ = await client.request("start", **given, once=True, descriptors=(theirs.fileno(), log.fileno()))
        try:
            await read_in_time(send_input(ours, spec.stdin[sent:]))
        except UnavailableError:
            await client.request("kill", marker=spec.marker)
            raise
    return started


async def _connected(client: AgentClient, spec: ProcessSpec, given: dict[str, Any]) -> dict[str, Any]:
    channel = given["key"] if spec.stdin else None
    started, _ = await client.request("start", **given, once=True, log=str(spec.log), channel=channel)
    if channel:
        stdin = Channel(client, channel)
        try:
            await read_in_time(stdin.push_all(io.BytesIO(spec.stdin)))
        except (OSError, UnavailableError):
            await client.request("kill", marker=spec.marker)
            raise
        finally:
            await stdin.close()
    return started
