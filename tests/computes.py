# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A type of compute that exists in memory, for the tests of its life cycle."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint, EntryPoints
from typing import TYPE_CHECKING, ClassVar

import pytest

from jupyter_ml.compute import registry
from jupyter_ml.compute.base import Capabilities
from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.base import Schema, now
from jupyter_ml.schemas.compute_schedules import ComputeSchedules
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.supervisor.computes import Computes
from jupyter_ml.supervisor.controllers.computes import ComputeController
from jupyter_ml.supervisor.threads import Threads

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from jupyter_ml.services.workspace import Workspace

__all__ = ["Box", "Supervisor", "boxes"]


class BoxSettings(Schema):
    size: int = 1
    idle_minutes: int | None = None
    schedules: ComputeSchedules = ComputeSchedules()


class Box(LocalCompute):
    """Has a life cycle in memory; its programs are processes of this machine."""

    compute_type: ClassVar[str] = "box"
    capabilities: ClassVar[Capabilities] = Capabilities(shared_files=True, stops=True, logs=True)
    Settings: ClassVar[type[Schema]] = BoxSettings
    settings: BoxSettings

    states: ClassVar[dict[str, ComputeState]] = {}
    """Of those that exist."""
    done: ClassVar[list[str]] = []
    """What was done to them."""
    errors: ClassVar[list[Exception]] = []
    """What the next operations raise."""
    others: ClassVar[int] = 0
    """How many programs that are not of jobs run."""

    async def check(self) -> None:
        if self.settings.size > 99:
            raise InvalidInputError("size: there are no boxes of that size", field="size")
        if self.settings.size > 9:
            raise UnavailableError("this machine has no box of that size")

    @property
    def idle_shutdown_s(self) -> float | None:
        return None if self.settings.idle_minutes is None else 60.0 * self.settings.idle_minutes

    @property
    def schedules(self) -> ComputeSchedules:
        return self.settings.schedules

    async def create(self) -> None:
        self._do("create", self.states.get(self.name, ComputeState.STOPPED))

    async def start(self) -> None:
        self._do("start", ComputeState.RUNNING)

    async def stop(self) -> None:
        self._do("stop", ComputeState.STOPPED)

    async def delete(self) -> None:
        self._do("delete", None)

    async def state(self) -> ComputeState:
        self._raise()
        return self.states.get(self.name, ComputeState.FAILED)

    async def problem(self) -> str | None:
        return None if self.name in self.states else "the box was removed"

    async def programs(self) -> int:
        return self.others

    async def logs(self) -> AsyncGenerator[str, None]:
        for number in range(1_001):
            yield f"line {number}"

    def _do(self, what: str, state: ComputeState | None) -> None:
        self._raise()
        self.done.append(what)
        if state is None:
            self.states.pop(self.name, None)
        else:
            self.states[self.name] = state

    def _raise(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Box]]:
    """Register the type; no supervisor is started by itself."""
    known = EntryPoints([*registry._installed(), EntryPoint("box", "tests.computes:Box", registry.GROUP)])
    monkeypatch.setattr(registry, "_installed", lambda: known)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    yield Box
    Box.states.clear()
    Box.done.clear()
    Box.errors.clear()
    Box.others = 0


class Supervisor:
    """The controller of computes, without a process; `clock` is how much later it is."""

    def __init__(self, workspace: Workspace) -> None:
        self.later = timedelta()
        self.workspace, self._threads = workspace, Threads()
        context = replace(workspace._context, clock=lambda: now() + self.later)
        self.controller = ComputeController(context, self._threads, Computes(context, self._threads))

    def reconcile(self, name="b"):
        return asyncio.run(self._reconcile(name))

    async def _reconcile(self, name):
        try:
            return await self.controller.reconcile(name)
        except Exception as error:  # noqa: BLE001 -- as the runtime does
            await self.controller.failed(name, error, 2.0)
            return error

    def get(self, name="b"):
        return self.workspace.computes.get(name)

    def close(self) -> None:
        self._threads.close()
