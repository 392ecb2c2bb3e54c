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
    from collections.abc import Hashable, Mapping, Sequence

    from pydantic import JsonValue

    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.tracking.registry_changes import ForeignVersion

__all__ = ["ForeignModels"]

_FEW = 1_000
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
        self._seen: set[ForeignVersion] = set()
        self._sequence = 0

    def record(self) -> bool:
        """Record what has changed; return whether that was anything."""
        is_first, events = self.since_ms is None, self._context.store.events
        sequence = events.last()
        states, recent = self._context.tracking.registry.changes((self.since_ms or 0) - _LATE_MS)
        versions = [each for each in recent if each not in self._seen]
        self._seen = set(recent)
        self.since_ms = max((each.created_ms for each in recent), default=self.since_ms or 0)
        self._add_edges(versions)
        created = [] if is_first else versions
        for each in created:
            self._note("created", f"{each.name}:{each.version}")
        own = events.names_since(self._sequence, MODEL.singular)
        before, self._states, self._sequence = self._states, states, sequence
        if before is None:
            return bool(versions)
        changed = {name for name in before.keys() | states.keys() if before.get(name) != states.get(name)}
        unknown = changed - own - {each.name for each in created}
        for name in sorted(unknown):
            self._note("updated" if name in states else "deleted", name)
        return bool(versions or unknown)

    def _add_edges(self, versions: Sequence[ForeignVersion]) -> None:
        for start in range(0, len(versions), _FEW):
            part = versions[start : start + _FEW]
            jobs = self._context.store.jobs.names_of_runs({each.run_id for each in part if each.run_id})
            for each in part:
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
