# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check a workspace; each check is independent of the results of the others."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError, NotFoundError
from jupyter_ml.schemas.doctor import Check, Level
from jupyter_ml.services.jobs.repair import RepairService
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ml.schemas.workspace import SupervisorInfo
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["diagnose"]

NOTIFICATION_S = 2.0


def diagnose(context: WorkspaceContext) -> Iterator[Check]:
    """Yield the result of each check as soon as it is known; opening MLflow's store takes seconds."""
    checks: dict[str, Callable[[WorkspaceContext], Iterator[Check]]] = {
        "database": _database,
        "supervisor": _supervisor,
        "requests": _requests,
        "job folders": _job_folders,
        "notifications": _notifications,
        "MLflow store": _tracking,
    }
    for subject, check in checks.items():
        try:
            yield from check(context)
        except (JupyterMLError, OSError) as error:
            yield Check(subject=subject, level=Level.ERROR, message=str(error))


def _database(context: WorkspaceContext) -> Iterator[Check]:
    place = context.settings.database or context.layout.database
    jobs = sum(context.store.jobs.counts().values())
    yield Check(subject="database", level=Level.OK, message=f"{place} responds and lists {jobs} jobs")


def _supervisor(context: WorkspaceContext) -> Iterator[Check]:
    info, host = context.supervisor.status(), socket.gethostname()
    if info is not None:
        yield _running(info, context.store.revision)
    elif context.store.jobs.pending(host=host) or context.store.jobs.requests(host=host):
        yield Check(
            subject="supervisor",
            level=Level.WARNING,
            message="jobs or requests are waiting and no supervisor is running",
            hint=f"Start it with: jupyter ml supervisor start; its log is {context.layout.supervisor_log}.",
        )
    else:
        yield Check(subject="supervisor", level=Level.OK, message="none is running, and no job waits for one")


def _running(info: SupervisorInfo, revision: str | None) -> Check:
    """Return whether a supervisor is of this version; versions in development differ by their tables only."""
    runs = f"process {info.pid} runs, version {info.version}"
    if not info.pid:
        return Check(subject="supervisor", level=Level.OK, message="it is starting")
    if (info.version, info.database_revision) == (__version__, revision):
        return Check(subject="supervisor", level=Level.OK, message=runs)
    tables = f"database revision {info.database_revision or 'unknown'}"
    return Check(
        subject="supervisor",
        level=Level.WARNING,
        message=f"{runs}, with {tables}; this is version {__version__}, with revision {revision}",
        hint="Restart it: jupyter ml supervisor stop, and then start; running jobs continue.",
    )


def _requests(context: WorkspaceContext) -> Iterator[Check]:
    waiting = context.store.jobs.requests(host=None)
    failed = 0
    for name in (name for _, name in waiting):
        try:
            request = context.store.jobs.get(name).request
        except NotFoundError:  # it has been deleted meanwhile
            continue
        if request is None or request.error is None:
            continue
        failed += 1
        yield Check(
            subject="requests",
            level=Level.WARNING,
            message=f"{request.kind} of job {name} has failed {request.attempts} times: {request.error}",
            hint=f"It is retried; to withdraw it: jupyter ml job withdraw {name}",
        )
    if not failed:
        yield Check(subject="requests", level=Level.OK, message=f"{len(waiting)} are waiting, none has failed")


def _job_folders(context: WorkspaceContext) -> Iterator[Check]:
    lost = RepairService(context).lost()
    if lost:
        yield Check(
            subject="job folders",
            level=Level.WARNING,
            message=f"{len(lost)} jobs have a directory and are not in the database: {', '.join(lost[:5])}",
            hint="To recover them: jupyter ml workspace repair --dry-run",
        )
    else:
        yield Check(subject="job folders", level=Level.OK, message="each belongs to a job in the database")


def _notifications(context: WorkspaceContext) -> Iterator[Check]:
    with context.listen() as listener:
        context.notify()
        heard = listener.wait(NOTIFICATION_S)
    if heard:
        yield Check(subject="notifications", level=Level.OK, message="the processes of this workspace reach each other")
    else:
        yield Check(
            subject="notifications",
            level=Level.WARNING,
            message="the processes of this workspace do not reach each other; everything works, up to a second later",
            hint="They need a directory that you own and that supports sockets: set XDG_RUNTIME_DIR.",
        )


def _tracking(context: WorkspaceContext) -> Iterator[Check]:
    context.tracking.prepare()
    yield Check(subject="MLflow store", level=Level.OK, message=f"{context.tracking_uri} responds")
