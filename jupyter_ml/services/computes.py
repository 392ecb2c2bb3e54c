# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes: create them, and request that they are started, stopped, restarted and deleted."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_ml.compute import registry
from jupyter_ml.errors import ConflictError, InvalidInputError, UnavailableError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.compute_states import ComputeAction, ComputeState, ComputeUsage
from jupyter_ml.schemas.computes import (
    COMPUTE,
    LOCAL,
    ComputeCreate,
    ComputeInfo,
    ComputeLog,
    ComputeQuery,
    ComputeRecord,
    ComputeUpdate,
)
from jupyter_ml.schemas.queries import ComputeSeriesQuery
from jupyter_ml.schemas.series import ComputeSeries
from jupyter_ml.schemas.validation import validated
from jupyter_ml.services.compute_types import compute_types
from jupyter_ml.services.contents_paths import resolve_path
from jupyter_ml.services.resources import ResourceService
from jupyter_ml.services.usage_series import UsageSeries
from jupyter_ml.vault.named import read_secret

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from pathlib import Path

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.forms import ComputeType
    from jupyter_ml.schemas.nodes import ComputeNodes
    from jupyter_ml.schemas.queue import ComputeQueue
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["ComputeService", "open_compute", "usage_series"]

T = TypeVar("T")
LINES, LINE_CHARS = 1_000, 10_000
"""What is returned of a log."""


class ComputeService(ResourceService[ComputeInfo, ComputeQuery]):
    """The computes of a workspace; the supervisor carries out what is requested of them."""

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, COMPUTE, context.store.computes)
        self._computes = context.store.computes

    def types(self) -> list[ComputeType]:
        """Return the types that installed packages provide, with the forms that create computes."""
        return compute_types()

    def create(self, spec: Schema | Mapping[str, Any], *, root: Path | None = None) -> ComputeInfo:
        """Create a compute and start it; its state is Creating until that is done.

        Parameters
        ----------
        spec
            The compute; relative paths of mounts are relative to the working directory.
        root
            Root directory of the server, to which the paths are relative then.

        Raises
        ------
        InvalidInputError
            If there is no such type, or its settings are wrong.
        ConflictError
            If the name is taken, or this machine cannot have such a compute, e.g. because it has no Docker.
        """
        given = self._parse(spec)
        assert isinstance(given, ComputeCreate)
        common = given.model_dump(include={*ComputeRecord.model_fields} - {"settings"})
        given = given.placed(lambda path: str(resolve_path(root, path, "mounts")))
        record = ComputeRecord(**common, settings=self._checked(given.type, given.type_settings()))
        try:
            registry.find(record.type).require()
            _wait(self._open(ComputeInfo(**record.model_dump(), created_at=now())).check())
        except UnavailableError as error:
            raise ConflictError(f"compute {record.name!r} cannot be created: {error}") from error
        return self._requested(self._computes.create(record))

    def update(self, name: str, changes: Schema | Mapping[str, Any], *, revision: int | None = None) -> ComputeInfo:
        """Change fields of a compute; those of its settings that are not given stay as they are.

        Other settings are used when the compute is started the next time. Its paths of this machine do not change.
        """
        given = self._parse_changes(changes)
        assert isinstance(given, ComputeUpdate)
        if "settings" in given.model_fields_set:
            for key in {"build", "mounts"} & {*given.settings}:
                raise InvalidInputError(f"settings.{key}: does not change: create another compute", field="settings")
            found = self.get(name)
            given = given.model_copy(update={"settings": self._checked(found.type, found.settings | given.settings)})
            if not registry.find(found.type).capabilities.attached:  # which may be out of reach
                with suppress(UnavailableError):  # it is checked when it is started
                    _wait(self._open(found.model_copy(update={"settings": given.settings})).check())
        return super().update(name, given, revision=revision)

    def start(self, name: str) -> ComputeInfo:
        """Request the start of a compute; nothing happens if it runs."""
        found = self._with_life_cycle(name, "started")
        if found.state is ComputeState.RUNNING:
            return found
        return self._requested(self._computes.request(name, ComputeAction.START, idle=False))

    def stop(self, name: str) -> ComputeInfo:
        """Request the stop of a compute; raise ConflictError while jobs run on it or wait for it."""
        found = self._with_life_cycle(name, "stopped")
        if found.state is ComputeState.STOPPED:
            return found
        return self._requested(self._computes.request(name, ComputeAction.STOP, idle=True))

    def restart(self, name: str) -> ComputeInfo:
        """Request the restart of a compute; raise ConflictError while jobs run on it or wait for it."""
        self._with_life_cycle(name, "restarted")
        return self._requested(self._computes.request(name, ComputeAction.RESTART, idle=True))

    def delete(self, name: str) -> None:
        """Request the deletion of a compute with its files; raise ConflictError while jobs run on it or wait for it."""
        if name == LOCAL:
            raise ConflictError(f"every workspace has the compute {LOCAL!r}: it is not deleted")
        self._requested(self._computes.request(name, ComputeAction.DELETE, idle=True))

    def usage(self, name: str) -> ComputeUsage:
        """Return how busy a compute is; raise ConflictError if it does not run."""
        found = self.get(name)
        if found.state is not ComputeState.RUNNING:
            raise ConflictError(f"compute {name!r} is {found.state}: only one that runs uses anything")
        return _wait(self._open(found).usage())

    def nodes(self, name: str) -> ComputeNodes:
        """Return the nodes of a cluster; raise ConflictError if a compute has none."""
        return _wait(self._open(self.get(name)).nodes())

    def queue(self, name: str) -> ComputeQueue:
        """Return how many jobs wait for a compute, and how often its estimates of their starts were right."""
        return self._context.store.jobs.compute_queue(self.get(name).name)

    def usage_series(self, name: str, query: ComputeSeriesQuery | None = None) -> ComputeSeries:
        """Return how busy a compute was over time; a supervisor has to run for that."""
        query, until = query or ComputeSeriesQuery(), time.time()
        series = usage_series(self._context, self.get(name).name)
        found = series.read(until - query.seconds, until=until, max_points=query.max_points)
        return ComputeSeries(samples=found)

    def logs(self, name: str) -> ComputeLog:
        """Return the end of the log of a compute; raise ConflictError if it has none, or does not run."""
        found = self.get(name)
        try:
            return ComputeLog(lines=_wait(_last_lines(self._open(found))))
        except UnavailableError as error:
            if found.state is ComputeState.RUNNING:
                raise
            raise ConflictError(f"compute {name!r} is {found.state}, and its log cannot be read: {error}") from error

    def _open(self, info: ComputeInfo) -> Compute:
        return open_compute(self._context, info)

    def _with_life_cycle(self, name: str, done: str) -> ComputeInfo:
        found = self.get(name)
        able = registry.find(found.type).capabilities
        if able.stops or (able.attached and done == "started"):
            return found
        why = "its machine is not ours; delete it to detach it" if able.attached else "it always runs"
        raise ConflictError(f"compute {name!r} of type {found.type!r} cannot be {done}: {why}")

    def _checked(self, kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings of a type with their defaults."""
        try:
            model = registry.find(kind).Settings
        except UnavailableError as error:
            raise InvalidInputError(f"type: {error}", field="type") from error
        try:
            return validated(model, settings).model_dump(mode="json")
        except InvalidInputError as error:
            message = "\n".join(f"settings.{line}" for line in str(error).splitlines())
            raise InvalidInputError(message, field=f"settings.{error.field}") from error

    def _requested(self, resource: ComputeInfo) -> ComputeInfo:
        self._context.supervisor.ensure()
        return self._notify(resource)


def open_compute(context: WorkspaceContext, info: ComputeInfo) -> Compute:
    """Return a compute of a workspace as an object that starts programs; UnavailableError as for `registry.create`."""
    return registry.create(
        info,
        directory=context.layout.compute(info.name),
        read_secret=lambda name: read_secret(context.vault, name),
    )


def usage_series(context: WorkspaceContext, name: str) -> UsageSeries:
    """Return where it is kept how busy a compute was."""
    return UsageSeries(context.layout.compute(name) / "usage_series")


async def _last_lines(compute: Compute) -> list[str]:
    lines: deque[str] = deque(maxlen=LINES)
    async with aclosing(compute.logs()) as log:
        async for line in log:
            lines.append(line[:LINE_CHARS])
    return [*lines]


def _wait(result: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine, also in a thread that runs a loop, as that of a notebook does."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, result).result()
