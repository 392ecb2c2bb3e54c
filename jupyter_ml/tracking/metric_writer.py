# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write a metrics journal to MLflow's tables, in large transactions that can be repeated.

MLflow itself takes 10 ms for each value. Its rules apply: a value that is there already is not added again, an
infinity is the largest number, NaN is 0 with a mark, and the latest value has the largest step, then time, then value.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.errors import UnavailableError
from jupyter_ml.tracking.connections import connect
from jupyter_ml.tracking.uris import sqlite_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_ml.tracking.journal import Journal, Part, Point

__all__ = ["Refused", "store_all", "store_part"]

PAUSE_S = 0.05
"""Pause between two transactions: SQLite has no queue of writers, they only retry now and then."""
_LARGEST = 1.7976931348623157e308
_COLUMNS = "run_uuid, key, value, timestamp, step, is_nan"
_TYPES = ("varchar", "varchar", "float8", "bigint", "bigint", "boolean")

_Row = tuple[str, str, float, int, int, bool]


class Refused(NamedTuple):
    """The part of a journal that cannot be written to MLflow's tables."""

    gone: Counter[str]
    """Number of values of runs that do not exist any more."""
    unreadable: int
    """Number of lines that are not in the journal's format."""


def store_part(uri: str, journal: Journal, *, wait_s: float) -> Refused | None:
    """Store the next part of a journal; return None when nothing is left.

    Parameters
    ----------
    uri
        Database, as `jupyter_ml.tracking.uris.store_uri` returns it; its tables exist.
    journal
        Where the values are.
    wait_s
        How long to wait for an SQLite file that another process writes.

    Raises
    ------
    UnavailableError
        When the database does not answer, or is locked all this time: try again.
    """
    part = _next(journal)
    if part is None:
        return None
    refused = _store(uri, part, wait_s)
    journal.mark(part.end)
    return refused


def store_all(uri: str, journal: Journal, *, wait_s: float) -> Refused:
    """Store what a journal holds now, for a process of the job that wants to read it; see `store_part`.

    A part of which something cannot be stored is not noted as stored: the supervisor reads it next, and only the
    supervisor can add a warning to the job. What could not be stored is returned.
    """
    end = journal.size()
    while (part := _next(journal)) is not None:
        refused = _store(uri, part, wait_s)
        if refused.gone or refused.unreadable:
            return refused
        journal.mark(part.end)
        if part.end >= end:
            break
        time.sleep(PAUSE_S)
    return Refused(Counter(), 0)


def _next(journal: Journal) -> Part | None:
    """Return the next part that waits to be stored; None where there is none, or only the beginning of a line."""
    part = journal.read() if journal.pending() else None
    return part if part and part.end > journal.stored() else None


def _store(uri: str, part: Part, wait_s: float) -> Refused:
    if not part.points:
        return Refused(Counter(), part.unreadable)
    sqlite = sqlite_file(uri) is not None
    with closing(connect(uri, wait_s=wait_s)) as connection, _transaction(connection, sqlite=sqlite):
        known = {run_id for run_id in part.points if _exists(connection, run_id, sqlite=sqlite)}
        rows = [_row(run_id, point) for run_id in known for point in part.points[run_id]]
        if rows:
            (_insert_sqlite if sqlite else _insert_postgresql)(connection, rows)
            _update_latest(connection, rows, sqlite=sqlite)
    gone = Counter({run_id: len(points) for run_id, points in part.points.items() if run_id not in known})
    return Refused(gone, part.unreadable)


@contextmanager
def _transaction(connection: Any, *, sqlite: bool) -> Iterator[None]:
    try:
        if sqlite:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                yield
        else:
            with connection.transaction():
                yield
    except _passing(sqlite=sqlite) as error:
        raise UnavailableError(f"the tracking store: {error}") from error


def _passing(*, sqlite: bool) -> tuple[type[Exception], ...]:
    """Return what the driver raises when a database is locked or gone, or a run was deleted at that moment."""
    if sqlite:
        import sqlite3

        return (sqlite3.OperationalError,)
    import psycopg

    return (psycopg.OperationalError, psycopg.IntegrityError)


def _exists(connection: Any, run_id: str, *, sqlite: bool) -> bool:
    query = f"SELECT 1 FROM runs WHERE run_uuid = {'?' if sqlite else '%s'}"  # noqa: S608 -- words of ours
    return connection.execute(query, (run_id,)).fetchone() is not None


def _row(run_id: str, point: Point) -> _Row:
    value = 0.0 if math.isnan(point.value) else max(-_LARGEST, min(_LARGEST, point.value))
    return (run_id, point.key, value, point.timestamp, point.step, math.isnan(point.value))


def _insert_sqlite(connection: Any, rows: Sequence[_Row]) -> None:
    query = f"INSERT INTO metrics ({_COLUMNS}) VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING"  # noqa: S608 -- words of ours
    connection.executemany(query, rows)


def _insert_postgresql(connection: Any, rows: Sequence[_Row]) -> None:
    columns = ", ".join(f"%s::{kind}[]" for kind in _TYPES)
    query = f"INSERT INTO metrics ({_COLUMNS}) SELECT * FROM unnest({columns}) ON CONFLICT DO NOTHING"  # noqa: S608 -- words of ours
    connection.execute(query, [list(column) for column in zip(*rows, strict=True)])


def _update_latest(connection: Any, rows: Sequence[_Row], *, sqlite: bool) -> None:
    latest: dict[tuple[str, str], _Row] = {}
    for row in rows:
        before = latest.get(row[:2])
        if before is None or _age(row) > _age(before):
            latest[row[:2]] = row
    places = ",".join(["?" if sqlite else "%s"] * 6)
    new = ", ".join(f"{name} = excluded.{name}" for name in ("value", "timestamp", "step", "is_nan"))
    later = "(excluded.step, excluded.timestamp, excluded.value) > (latest.step, latest.timestamp, latest.value)"
    query = (
        f"INSERT INTO latest_metrics AS latest ({_COLUMNS}) VALUES ({places}) "  # noqa: S608 -- words of ours
        f"ON CONFLICT (key, run_uuid) DO UPDATE SET {new} WHERE {later}"
    )
    # in one order: two writers of the same metrics must not deadlock
    connection.cursor().executemany(query, [latest[key] for key in sorted(latest)])


def _age(row: _Row) -> tuple[int, int, float]:
    _, _, value, timestamp, step, _ = row
    return step, timestamp, value
