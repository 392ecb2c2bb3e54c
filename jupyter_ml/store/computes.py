# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The computes of a workspace, what is requested of them, and in which state they are; `local` is always there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.compute_states import CHANGING, ComputeAction, ComputeRequest, ComputeState
from jupyter_ml.schemas.computes import COMPUTE, FAILURE_EVENT, STATE_EVENT, ComputeInfo, ComputeQuery
from jupyter_ml.schemas.job_resources import JobResources
from jupyter_ml.schemas.states import ACTIVE, JobState
from jupyter_ml.store.crud import ResourceStore, new_row
from jupyter_ml.store.tables import computes, job_details, jobs

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import JsonValue
    from sqlalchemy import ColumnElement, Connection, Row

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.store.engine import Database

__all__ = ["ComputeStore", "add_local"]

_OCCUPYING = [*ACTIVE, JobState.QUEUED]


class ComputeStore(ResourceStore[ComputeInfo, ComputeQuery]):
    """Computes.

    Clients write requests only; what was observed is written by the supervisor that carries them out.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database, COMPUTE, computes)

    def create(self, spec: Schema, **more: Any) -> ComputeInfo:
        """Add a compute, with the request to create what it consists of."""
        at = now()
        seen = {"observed": ComputeState.CREATING.value, "changed_at": at}
        return super().create(spec, request=_new(ComputeAction.CREATE, at), schedules_from=at, **seen, **more)

    def all(self) -> list[ComputeInfo]:
        """Return all computes in alphabetical order."""
        with self._database.read() as connection:
            names = connection.scalars(select(computes.c.name).order_by(computes.c.name)).all()
            return [*self._read(connection, names)]

    def request(self, name: str, action: ComputeAction, *, idle: bool, reason: str | None = None) -> ComputeInfo:
        """Request something of a compute, in place of what was requested before.

        Parameters
        ----------
        name
            Name of the compute.
        action
            What to do.
        idle
            Whether to refuse while jobs run on it or wait for it.
        reason
            Why, where no user requests it.

        Raises
        ------
        ConflictError
            If it is being deleted, or jobs run on it or wait for it.
        """
        with self._database.write() as connection:
            row = self._find(connection, name)
            pending = row.request["action"] if row.request is not None else None
            if pending == ComputeAction.DELETE and action is not ComputeAction.DELETE:
                raise ConflictError(f"compute {name!r} is being deleted")
            if idle and (count := _occupying(connection, name)):
                raise ConflictError(f"compute {name!r} is in use: cancel its {count} queued or running job(s) first")
            at = now()
            return self._changed(connection, row, STATE_EVENT, request=_new(action, at, reason), schedules_from=at)

    def observe(
        self, name: str, state: ComputeState, message: str | None = None, *, carried_out: ComputeRequest | None = None
    ) -> ComputeInfo:
        """Record in which state a compute was seen.

        Parameters
        ----------
        name
            Name of the compute.
        state, message
            What was seen.
        carried_out
            The request that is done by that; one that has replaced it stays.
        """
        with self._database.write() as connection:
            row = self._find(connection, name)
            values: dict[str, Any] = {}
            if (row.observed, row.message) != (state.value, message):
                values = {"observed": state.value, "message": message, "changed_at": now()}
            if carried_out is not None and _is(row, carried_out):
                values["request"] = None
            if not values:
                return self._read_one(connection, row)
            return self._changed(connection, row, STATE_EVENT, **values)

    def request_failed(self, name: str, request: ComputeRequest, error: str, retry_at: datetime) -> None:
        """Record why a request could not be carried out, and when it is tried again; not if another one replaced it."""
        failed = ComputeRequest(
            **request.model_dump() | {"attempts": request.attempts + 1, "error": error, "retry_at": retry_at}
        )
        with self._database.write() as connection:
            row = self._find(connection, name)
            if _is(row, request):
                self._changed(connection, row, FAILURE_EVENT, request=failed.model_dump(mode="json"))

    def deleted(self, name: str) -> None:
        """Remove a compute that does not exist any more; nothing happens if it was removed before."""
        try:
            self.delete(name)
        except NotFoundError:
            return

    def occupying(self, name: str) -> int:
        """Return how many slots jobs take that run on a compute or wait for it: one, or one for each of their nodes."""
        query = select(job_details.c.resources).join(jobs, jobs.c.id == job_details.c.job_id)
        several = query.where(*_occupied(name), job_details.c.resources.is_not(None))
        with self._database.read() as connection:
            further = [JobResources.model_validate(each).instance_count - 1 for each in connection.scalars(several)]
            return _occupying(connection, name) + sum(further)

    def last_job_at(self, name: str) -> datetime | None:
        """Return when the last job on a compute has ended."""
        with self._database.read() as connection:
            query = select(func.max(jobs.c.ended_at)).where(jobs.c.compute == name)
            found: datetime | None = connection.scalar(query)
            return found

    def _changed(self, connection: Connection, row: Row[Any], event: str, **values: Any) -> ComputeInfo:
        connection.execute(self._update(row).values(**values))
        resource = self._read_one(connection, row)
        self._record(connection, event, resource)
        return resource

    def _replace(self, connection: Connection, row: Row[Any], given: dict[str, Any]) -> bool:
        """Set the values of some columns; times that are before a change of the schedules do not count."""
        if given.get("settings", row.settings).get("schedules") != row.settings.get("schedules"):
            given = {**given, "schedules_from": now()}
        return super()._replace(connection, row, given)

    def _resource(self, row: Row[Any], **more: Any) -> ComputeInfo:
        state, message = row.observed, row.message
        if row.request is not None:
            error = row.request.get("error")
            state = CHANGING[ComputeAction(row.request["action"])] if error is None else ComputeState.FAILED
            message = error
        return super()._resource(row, state=state, message=message, **more)

    def _event_data(self, resource: ComputeInfo) -> dict[str, JsonValue]:
        return {**super()._event_data(resource), "state": resource.state}


def _new(action: ComputeAction, at: datetime, reason: str | None = None) -> dict[str, Any]:
    return ComputeRequest(action=action, requested_at=at, reason=reason).model_dump(mode="json")


def _is(row: Row[Any], request: ComputeRequest) -> bool:
    """Return whether a request is still the one in a row."""
    if row.request is None:
        return False
    stored = ComputeRequest.model_validate(row.request)
    return (stored.action, stored.requested_at) == (request.action, request.requested_at)


def _occupying(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).where(*_occupied(name))) or 0


def _occupied(name: str) -> tuple[ColumnElement[bool], ...]:
    return jobs.c.state.in_(_OCCUPYING), jobs.c.compute == name


def add_local(connection: Connection) -> None:
    """Add the compute that every workspace has, to a database that is being created."""
    connection.execute(insert(computes), new_row({"name": "local", "type": "local", "settings": {}}, 1))
