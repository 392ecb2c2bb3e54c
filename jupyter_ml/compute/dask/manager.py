# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The process that manages a cluster: it deploys nodes as they are needed, and leads clients to their agents.

It is a process of its own, because a deployer of Dask cannot be created again for nodes that it has started, and the
scheduler runs in it as a rule. So nodes outlive supervisors. If it is killed itself, the next one has the same address
and the same certificates, and finds the nodes again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import dask

from jupyter_ml.compute.dask.calling import STARTED
from jupyter_ml.compute.dask.deploying import deploy, end_reasons
from jupyter_ml.compute.dask.members import Member, make_client, prepare
from jupyter_ml.compute.dask.pool import Pool
from jupyter_ml.compute.dask.serving import Server
from jupyter_ml.compute.dask.sizing import removable
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.clusters import ClusterSettings
from jupyter_ml.schemas.nodes import ComputeNode, ComputeNodes, NodeState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["CONFIGURATION", "Manager", "configured"]

CONFIGURATION = "cluster.json"
"""What `jupyter_ml.compute.dask.cluster` writes."""
TICK_S, ASK_S, RETRY_S = 0.1, 1.0, 10.0
LEAVE_S = 600.0
"""After so long without nodes and clients the process ends; the next client starts another one."""
FOREVER = "365 days"

_log = logging.getLogger(__name__)


def configured(directory: Path) -> ClusterSettings:
    """Return the settings of the cluster in a directory."""
    return ClusterSettings.model_validate(json.loads((directory / CONFIGURATION).read_text(encoding="utf-8")))


class Manager:
    """Manages one cluster.

    Parameters
    ----------
    directory
        Of the cluster, on this machine.
    settings
        Of the cluster.
    """

    def __init__(self, directory: Path, settings: ClusterSettings) -> None:
        self._directory, self._settings, self._pool = directory, settings, Pool(directory, settings)
        self._members = self._pool.members
        self._cluster: Any = None
        self._joining: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._preparing: dict[str, ComputeNode] = {}
        self._message: str | None = None
        self._retry_at = self._asked_at = 0.0
        self._file = directory / "nodes.json"
        self._returning: set[str] = {*json.loads(self._file.read_text())} if self._file.exists() else set()
        self._noted = {*self._returning}
        self._return_until = 0.0

    async def run(self, ready: Callable[[], None]) -> None:
        """Manage it until it is closed, or there is nothing left to do; call `ready` when clients can connect."""
        dask.config.set(
            {
                "distributed.deploy.lost-worker-timeout": FOREVER,
                "distributed.scheduler.allowed-failures": 0,
                "distributed.admin.tick.interval": "1s",  # 20 ms is most of what an idle cluster costs
            }
        )
        self._cluster = await deploy(self._settings, self._directory, secrets.token_hex(3))
        self._pool.connection = self._cluster.security.get_connection_args("client")
        # no others are started in place of those of an earlier manager, unless they are lost as any that do not respond
        self._return_until = self._time() + self._settings.node_timeout
        used_at = self._time()
        try:
            async with Server(self._pool) as server:
                ready()
                while not self._pool.closing.is_set() and (self._directory / STARTED).exists():
                    await self._tick()
                    if server.clients or self._members or self._preparing or self._settings.min_instances:
                        used_at = self._time()
                    elif self._time() - used_at > LEAVE_S:
                        break
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._pool.closing.wait(), TICK_S)
                await self._close_all()
        finally:
            await self._cluster.close()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    async def _tick(self) -> None:
        try:
            await self._look()
            if self._cluster_scales():
                await self._resize()
        except Exception as error:  # noqa: BLE001 -- of any deployer
            _log.exception("nodes cannot be managed; this is tried again")
            self._message, self._retry_at = f"{error or type(error).__name__}", self._time() + RETRY_S
        await self._publish()

    def _cluster_scales(self) -> bool:
        return bool(getattr(self._cluster, "_supports_scaling", False) and hasattr(self._cluster, "worker_spec"))

    def _workers(self) -> dict[str, str]:
        """Return the names of the workers that the scheduler has, by their addresses."""
        return {address: str(each["name"]) for address, each in self._cluster.scheduler_info["workers"].items()}

    async def _look(self) -> None:
        workers = self._workers()
        known = {each.address for each in self._members.values()}
        for address, name in workers.items():
            if address not in known and address not in self._joining:
                self._joining[address] = asyncio.create_task(self._join(address, name))
        for address in [each for each in self._joining if each not in workers]:
            self._joining.pop(address).cancel()
        for member in self._members.values():
            if member.address is not None and member.address not in workers:
                member.address, member.away_since = None, self._time()
        await self._ask(workers)

    async def _join(self, address: str, name: str) -> None:
        """Prepare the node of a worker; it is tried again while the worker is there."""
        while True:
            try:
                about = await prepare(address, self._pool.connection)
            except (OSError, UnavailableError) as error:
                self._message = f"node {name}: {error}"
                await asyncio.sleep(RETRY_S)
            else:
                break
        del self._joining[address]
        self._returning.discard(about["id"])
        member = self._members.get(about["id"])
        if member is None:
            client = make_client(self._directory, about["id"])
            member = self._members[about["id"]] = Member(about, name, address, client, now())
            _log.info("node %s: %s on %s, Python %s", member.id, name, about["host"], about["version"])
        member.name, member.address, member.away_since = name, address, None
        for other in [each for each in self._members.values() if each.name == name and each is not member]:
            await self._lose(other, "it was started again")
        self._message = None
        if member.state is NodeState.UNUSABLE:  # its jobs have failed
            await self._end(member)

    async def _ask(self, workers: dict[str, str]) -> None:
        """Look at nodes that do not respond, and count the programs of those that nothing has reserved."""
        if self._time() - self._asked_at < ASK_S:
            return
        self._asked_at = self._time()
        joined = {each.name for each in self._members.values()}
        missing = {*getattr(self._cluster, "worker_spec", {})} - joined - {*workers.values()}
        away = {each.name: each for each in self._members.values() if each.address is None}
        reasons = await end_reasons(self._cluster, {*missing, *away}) if missing or away else {}
        for name in missing:
            ended, why = reasons.get(name, (False, None))
            if ended:
                self._message, self._retry_at = f"node {name}: {why}", self._time() + RETRY_S
                await self._cluster.scale_down([name])
            elif name in self._preparing:
                self._preparing[name] = self._preparing[name].model_copy(update={"message": why})
        for name, member in away.items():
            ended, why = reasons.get(name, (False, None))
            if ended is not False or self._time() - (member.away_since or 0.0) > self._settings.node_timeout:
                await self._lose(member, why or f"it has not responded for {self._settings.node_timeout} s")
        idle = [each for each in self._members.values() if each.address and not each.use.holds]
        await asyncio.gather(*(each.count_programs() for each in idle), return_exceptions=True)

    async def _lose(self, member: Member, why: str) -> None:
        """Take a node for lost; it is forgotten when nothing has reserved it any more."""
        if member.state is not NodeState.UNUSABLE:
            member.message = f"node {member.id} on {member.about['host']} is lost: {why}"
            member.observe(NodeState.UNUSABLE, now())
            _log.warning("%s", member.message)
            if member.name in getattr(self._cluster, "worker_spec", {}) and member.name not in self._workers().values():
                await self._cluster.scale_down([member.name])
        if not member.use.holds:
            self._pool.gone[member.id] = self._members.pop(member.id).message

    async def _resize(self) -> None:
        at = self._time()
        for member in self._members.values():
            member.use.note(at)
        target, present = self._pool.target(), [*self._pool.usable()]
        names = {each.name for each in self._members.values()}
        preparing = [name for name in self._cluster.worker_spec if name not in names]
        if at > self._return_until:
            self._returning.clear()
        missing = target - len(present) - len(preparing) - len(self._returning)
        if missing > 0 and at >= self._retry_at:
            await self._add(missing)
        elif missing < 0 and (unused := [name for name in preparing if name not in self._workers().values()]):
            await self._cluster.scale_down(unused[missing:])
        for use in removable(self._settings, [each.use for each in present], target, at):
            member = next(each for each in present if each.use is use)
            member.observe(NodeState.LEAVING, now())
            task = asyncio.create_task(self._leave(member))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _add(self, count: int) -> None:
        """Start nodes; those that could not be started are removed, and the error is raised."""
        self._cluster.scale(len(self._cluster.worker_spec) + count)
        try:
            await self._cluster
        except Exception:
            failed = [name for name, each in self._cluster.workers.items() if each.status.name != "running"]
            await self._cluster.scale_down(failed)
            raise

    async def _leave(self, member: Member) -> None:
        """Remove a node, unless a program has started on it meanwhile."""
        try:
            await member.count_programs()
            if member.use.programs or member.use.holds:
                member.observe(NodeState.IDLE, now())
                return
            await self._end(member)
        except Exception:  # noqa: BLE001
            _log.exception("node %s cannot be removed", member.id)
            member.observe(NodeState.IDLE, now())

    async def _end(self, member: Member) -> None:
        # it may end before it replies; to ask again would wait for its worker, which ends with it
        with suppress(OSError, UnavailableError):
            await asyncio.wait_for(member.client.request("end", patience_s=0.0), RETRY_S)
        if member.name in getattr(self._cluster, "worker_spec", {}):
            await self._cluster.scale_down([member.name])
        self._members.pop(member.id, None)

    async def _close_all(self) -> None:
        self._file.unlink(missing_ok=True)
        for task in self._joining.values():
            task.cancel()
        await asyncio.gather(*(self._end(each) for each in [*self._members.values()]), return_exceptions=True)

    async def _publish(self) -> None:
        """Show clients the present state, and note the nodes for the next manager."""
        if (known := self._returning | self._members.keys()) != self._noted:
            self._noted = known
            self._file.write_text(json.dumps([*known]))
        at = now()
        for member in self._pool.usable():
            busy = bool(member.use.holds or member.use.programs)
            member.observe(NodeState.RUNNING if busy else NodeState.IDLE, at)
        names = {each.name for each in self._members.values()}
        spec = [name for name in getattr(self._cluster, "worker_spec", {}) if name not in names]
        new = ComputeNode(name="", state=NodeState.PREPARING, since=at)
        self._preparing = {name: self._preparing.get(name) or new.model_copy(update={"name": name}) for name in spec}
        nodes = ComputeNodes(
            nodes=[*(each.describe() for each in self._members.values()), *self._preparing.values()],
            target=self._pool.target(),
            message=self._message,
            dashboard=self._cluster.dashboard_link if self._cluster.scheduler_info.get("services") else None,
        )
        await self._pool.publish(nodes)
