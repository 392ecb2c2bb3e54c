# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Record what other clients of MLflow change in its registry: events, and from which job a new version is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.lineage import NodeId
from jupyter_ml.schemas.models import MODEL
from jupyter_ml.services.models.rows import ModelRows

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from pydantic import JsonValue

    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.tracking.registry_changes import ForeignVersion

__all__ = ["ForeignModels"]

_LATE_MS = 60_000
"""How long a client of MLflow may wait for the database after it has taken the time."""


class ForeignModels:
    """Notices changes of the registry since it looked last; clients of a workspace record their own.

    Parameters
    ----------
    context
        Of the workspace.
    since_ms
        When the newest version was created that has been seen before; None if none has.
    """

    def __init__(self, context: WorkspaceContext, since_ms: int | None) -> None:
        self._context, self._rows = context, ModelRows(context)
        self.since_ms = since_ms
        self._states: Mapping[str, Hashable] | None = None
        self._recent: set[ForeignVersion] = set()
        self._sequence = 0

    def record(self) -> bool:
        """Record what has changed; return whether that was anything."""
        is_first, events = self.since_ms is None, self._context.store.events
        sequence, states = events.last(), self._context.tracking.registry.states()
        registered: set[str] = set()
        for versions in self._new_versions():
            self._add_edges(versions)
            registered |= {each.name for each in versions}
            for each in [] if is_first else versions:
                self._note("created", f"{each.name}:{each.version}")
        own = events.names_since(self._sequence, MODEL.singular)
        before, self._states, self._sequence = self._states, states, sequence
        if before is None:
            return bool(registered)
        changed = {name for name in before.keys() | states.keys() if before.get(name) != states.get(name)}
        unknown = changed - own - registered
        for name in sorted(unknown):
            self._note("updated" if name in states else "deleted", name)
        return bool(registered or unknown)

    def _new_versions(self) -> Iterator[Sequence[ForeignVersion]]:
        """Yield the versions that have not been seen before in parts: at the first look, there may be very many."""
        now_ms, since_ms = int(self._context.clock().timestamp() * 1_000), self.since_ms or 0
        seen, self._recent, self.since_ms = self._recent, set(), since_ms
        for part in self._context.tracking.registry.foreign_versions(since_ms - _LATE_MS):
            self.since_ms = max(since_ms, min(part[-1].created_ms, now_ms))  # the clock of another machine may be ahead
            self._recent.update(part)
            self._recent = {each for each in self._recent if each.created_ms >= self.since_ms - _LATE_MS}
            yield [each for each in part if each not in seen]

    def _add_edges(self, versions: Sequence[ForeignVersion]) -> None:
        jobs = self._context.store.jobs.names_of_runs({each.run_id for each in versions if each.run_id})
        for each in versions:
            if each.run_id in jobs:
                model = NodeId(MODEL.singular, each.name, str(each.version))
                self._context.store.lineage.add(NodeId("job", jobs[each.run_id]), model, "output")

    def _note(self, change: str, reference: str) -> None:
        """Add an event, as a change by a client of the workspace has it."""
        try:
            self._rows.record(change, self._rows.get(reference))
        except NotFoundError:  # deleted, or it has no version
            data: dict[str, JsonValue] = {"archived": False, "version": None, "labels": []}
            self._context.store.events.append(f"{MODEL.singular}_{change}", MODEL.singular, reference, data)
