# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Nodes that are pods of Kubernetes, by the operator of dask-kubernetes, which is installed only where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dask_kubernetes.operator import KubeCluster
from distributed.core import Status
from distributed.deploy.spec import ProcessInterface, SpecCluster
from kr8s import asyncio as kubernetes
from tornado.ioloop import IOLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

__all__ = ["KubernetesCluster"]

CLUSTER, GROUP = "dask.org/cluster-name", "dask.org/workergroup-name"
"""Labels of the operator."""


class KubernetesCluster(SpecCluster):  # type: ignore[misc]
    """A cluster whose nodes have names.

    The operator chooses which worker of a group it removes, and does not know which ones run jobs, so that each node is
    a group of its own. Nodes that an earlier process has created are found again.

    Parameters
    ----------
    name
        Of the resource ``DaskCluster``.
    options
        Of `KubeCluster`.
    """

    def __init__(self, name: str, **options: Any) -> None:
        loop = IOLoop.current()
        settings = {"n_workers": 0, "shutdown_on_close": True, "quiet": True, **options, "asynchronous": True}
        self._kube = KubeCluster(name=name, loop=loop, **settings)
        super().__init__(
            scheduler={"cls": _Scheduler, "options": {"kube": self._kube}},
            worker={"cls": _Node, "options": {"kube": self._kube}},
            asynchronous=True,
            loop=loop,
            name=name,
        )

    async def _start(self) -> None:
        await super()._start()
        async for group in kubernetes.get("daskworkergroups", namespace=self._kube.namespace):
            cluster, _, name = group.name.partition(f"{self._kube.name}-")
            if not cluster and name not in ("", "default"):
                node = _Node(self.scheduler.address, name=name, kube=self._kube)
                node.status = Status.running
                self.worker_spec[name], self.workers[name] = self.new_spec, node

    async def reasons(self, names: Collection[str]) -> dict[str, tuple[bool, str]]:
        """Return what Kubernetes reports of nodes that do not respond; none has ended, because it starts pods again."""
        found = dict.fromkeys(names, "the operator has not created its pod")
        async for name, pod in self._pods():
            if name in found:
                found[name] = f"pod {pod.name} is {_state(pod.raw.get('status', {}))}"
        return {name: (False, reason) for name, reason in found.items()}

    async def _pods(self) -> AsyncIterator[tuple[str, Any]]:
        selector = {CLUSTER: self._kube.name, "dask.org/component": "worker"}
        async for pod in kubernetes.get("pods", namespace=self._kube.namespace, label_selector=selector):
            yield pod.labels[GROUP].removeprefix(f"{self._kube.name}-"), pod


def _state(status: dict[str, Any]) -> str:
    """Return the phase of a pod, and why it waits."""
    states = [each.get("state", {}) for each in status.get("containerStatuses", [])]
    waiting = [each["waiting"] for each in states if "waiting" in each]
    waiting += [each for each in status.get("conditions", []) if each.get("reason") == "Unschedulable"]
    reasons = [": ".join(each[key] for key in ("reason", "message") if each.get(key)) for each in waiting]
    return " ".join([status.get("phase", "unknown"), *(f"({reason})" for reason in reasons)])


class _Scheduler(ProcessInterface):  # type: ignore[misc]
    """The scheduler, whose pod the operator starts."""

    def __init__(self, kube: Any) -> None:
        super().__init__(scheduler=None, name=kube.name)
        self._kube = kube

    async def start(self) -> None:
        """Create the cluster, or connect to the one that is there."""
        await self._kube
        self.address = self._kube.scheduler_address
        await super().start()

    async def close(self) -> None:
        """Delete the cluster."""
        await self._kube.close()
        await super().close()


class _Node(ProcessInterface):  # type: ignore[misc]
    """A group with one worker, which has the name of the node."""

    def __init__(self, scheduler: str, name: str, kube: Any) -> None:
        super().__init__(scheduler=scheduler, name=name)
        self.name, self._kube = name, kube

    async def start(self) -> None:
        """Create the group."""
        given = self._kube.env or []
        env = [{"name": key, "value": value} for key, value in given.items()] if isinstance(given, dict) else given
        named = [*env, {"name": "DASK_WORKER_NAME", "value": self.name}]
        await self._kube.add_worker_group(self.name, n_workers=1, env=named)
        await super().start()

    async def close(self) -> None:
        """Delete the group."""
        await self._kube.delete_worker_group(self.name)
        await super().close()
