# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Versions of models in MLflow's registry, with the names of their jobs; each change writes its event."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from jupyter_ml.schemas.models import MODEL, Model
from jupyter_ml.schemas.resources import LifecycleStage, Page
from jupyter_ml.tracking.registry_rows import model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import JsonValue

    from jupyter_ml.schemas.assets import AssetQuery
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.tracking.registry import ModelRegistry
    from jupyter_ml.tracking.registry_rows import ModelRow, NewVersion

__all__ = ["ModelRows"]


class ModelRows:
    """The registered models of a workspace, in the form that services of all kinds use."""

    def __init__(self, context: WorkspaceContext) -> None:
        self._context = context

    @property
    def registry(self) -> ModelRegistry:
        """MLflow's registry."""
        return self._context.tracking.registry

    def get(self, name: str) -> Model:
        """Return a version."""
        return self._resources([self.registry.get(name)])[0]

    def list(self, query: AssetQuery) -> Page[Model]:
        """Return a page of models, or of the versions of one."""
        rows, total = self.registry.list(query)
        return Page(items=[*self._resources(rows)], total=total)

    def create(self, new: NewVersion, check: Callable[[], None]) -> Model:
        """Add a version, and return it."""
        [created] = self._resources([self.registry.create(new, check=check)])
        self.record("created", created)
        return created

    def set_stage(self, name: str, stage: LifecycleStage) -> Model:
        """Archive or restore a version, or all versions of a model."""
        archived = stage is LifecycleStage.ARCHIVED
        row, changed, whole = self.registry.set_archived(name, archived=archived, user=getpass.getuser())
        [resource] = self._resources([row])
        if changed:
            self.record("archived" if archived else "restored", resource, **_extent(whole=whole))
        return resource

    def update(self, name: str, changes: Schema, *, revision: int | None = None) -> Model:
        """Change the fields of a version that are set in `changes`."""
        assert MODEL.changes is not None
        assert isinstance(changes, MODEL.changes)
        before, after = self.registry.update(name, changes, revision, user=getpass.getuser())  # type: ignore[arg-type]
        old, new = self._resources([before, after])
        if old.stage != new.stage:
            self.record("stage_changed", new, stage=new.stage, previous=old.stage)
        if old.model_copy(update={"stage": new.stage, "revision": new.revision, "archived": new.archived}) != new:
            self.record("updated", new)
        return new

    def delete(self, name: str, remove: Callable[[Sequence[str]], None]) -> None:
        """Delete a version or a model; `remove` is given the locations that nothing else refers to."""
        deleted = self.registry.delete(name, remove)
        self.record("deleted" if deleted.whole else "version_deleted", deleted.model, **_extent(whole=deleted.whole))

    def _resources(self, rows: Sequence[ModelRow]) -> Sequence[Model]:
        runs = {row.run_id for row in rows if row.run_id and "job" not in row.own}
        jobs = self._context.store.jobs.names_of_runs(runs) if runs else {}
        return [model(row, jobs.get(row.run_id or "")) for row in rows]

    def record(self, change: str, resource: Model, **more: JsonValue) -> None:
        """Add the event of a change."""
        data: dict[str, JsonValue] = {
            "archived": resource.archived,
            "version": resource.version,
            "labels": [*resource.labels],
            **more,
        }
        self._context.store.events.append(f"{MODEL.singular}_{change}", MODEL.singular, resource.name, data)


def _extent(*, whole: bool) -> dict[str, JsonValue]:
    """Return what an event about all versions of a model has instead of those of one."""
    return {"version": None, "labels": []} if whole else {}
