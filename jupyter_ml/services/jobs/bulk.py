# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Cancel, archive, restore or delete all jobs that match a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError
from jupyter_ml.schemas.bulk import MAX_JOBS, BulkAction, BulkResult, Refusal
from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.states import FINAL, JobState

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.queries import JobQuery
    from jupyter_ml.store.jobs import JobStore

__all__ = ["for_all"]

REFUSALS = 20


def for_all(store: JobStore, action: BulkAction, query: JobQuery) -> BulkResult:
    """Carry out an operation, or request it, on the jobs that match a query and that it can concern."""
    if not query.filtered:
        raise InvalidInputError(f"{action} all jobs? Name some of them by a filter, such as is:queued", field="filter")
    page = store.list(query.model_copy(update=_concerned(action, query) | {"limit": MAX_JOBS, "offset": 0}))
    refused = []
    for job in page.items:
        try:
            _act(store, action, job.name)
        except (ConflictError, NotFoundError) as error:
            refused.append(Refusal(name=job.name, message=str(error)))
    return BulkResult(matched=page.total, changed=len(page.items) - len(refused), refused=refused[:REFUSALS])


def _concerned(action: BulkAction, query: JobQuery) -> dict[str, Any]:
    """Return what restricts a query that names no states to the jobs that an action can concern."""
    if action is BulkAction.RESTORE:
        return {"archived": True}
    if query.states or action is BulkAction.ARCHIVE:
        return {}
    return {"states": [state for state in JobState if (state in FINAL) is (action is BulkAction.DELETE)]}


def _act(store: JobStore, action: BulkAction, name: str) -> Job:
    match action:
        case BulkAction.CANCEL:
            return store.request_cancel(name)
        case BulkAction.DELETE:
            return store.request_delete(name)
        case BulkAction.ARCHIVE:
            return store.set_stage(name, LifecycleStage.ARCHIVED)
        case BulkAction.RESTORE:
            return store.set_stage(name, LifecycleStage.ACTIVE)
