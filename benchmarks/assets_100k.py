# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Pages of 1,000 assets with 100 versions each, and of the versions of one: the CPU time in the store, on SQLite."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, insert

from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.names import KindName
from jupyter_ml.store import Store
from jupyter_ml.store.assets import AssetStore
from jupyter_ml.store.crud import new_row
from jupyter_ml.store.engine import Database
from jupyter_ml.store.resource_tables import asset_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["lists"]

BUDGET_MS = 50
NAMES, VERSIONS = 1_000, 100
_START = datetime(2026, 1, 1, tzinfo=UTC)
_KIND: Kind[VersionedAsset, AssetQuery] = Kind(
    name=KindName("asset", "assets", "something with versions", versioned=True),
    model=VersionedAsset,
    query=AssetQuery,
    spec=AssetCreate,
    changes=AssetUpdate,
    columns=(Column("name", lambda asset: asset.name),),
)
_metadata = MetaData()
_tables = asset_tables("assets", _metadata)


def _rows() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield the row of each asset with those of its versions; one version of ten is archived."""
    for number in range(NAMES):
        row = new_row({"name": f"asset-{number:04}", "description": "why " * 10}, 1) | {"lifecycle_stage": 0}
        versions = [
            {
                **row,
                "id": version * NAMES + number + 1,
                "version": str(version + 1),
                "created_at": _START + timedelta(minutes=version * NAMES + number),
                "created_by": "ann",
                "lifecycle_stage": int(version % 10 == 0),
                "tags": {"team": "red"},
                "properties": {},
            }
            for version in range(VERSIONS)
        ]
        latest = versions[-1]
        row |= {"latest_id": latest["id"], "next_version": VERSIONS + 1, "labels": {"prod": "50"}}
        yield row | {"created_at": latest["created_at"]}, versions


def _fill(database: Database) -> None:
    with database.write() as connection:
        _metadata.create_all(connection)
        for asset, versions in _rows():
            connection.execute(insert(_tables.assets), asset)
            connection.execute(insert(_tables.versions), versions)
        connection.exec_driver_sql("ANALYZE")


def _median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(6):
        start = time.thread_time()
        call()
        times.append(time.thread_time() - start)
    return 1_000 * statistics.median(times[1:])


def lists() -> None:
    """Print the CPU time of a page of each kind, of one version, and of the creation of one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "workspace.db"
        Store.open(file).close()
        database = Database(file)
        _fill(database)
        store = AssetStore(database, _KIND, _tables)
        calls: dict[str, Callable[[], object]] = {
            "latest versions, newest first": lambda: store.list(AssetQuery()),
            "latest versions, last page": lambda: store.list(AssetQuery(sort="name", offset=NAMES - 50)),
            "latest versions, search": lambda: store.list(AssetQuery(filter="asset-01")),
            "latest versions, a page of 1,000": lambda: store.list(AssetQuery(limit=1_000)),
            "versions of one": lambda: store.list(AssetQuery(name="asset-0500")),
            "one by number": lambda: store.get("asset-0500:37"),
            "one by label": lambda: store.get("asset-0500@prod"),
            "creation of a version": lambda: store.create(AssetCreate(name="asset-0500"), created_by="ann"),
        }
        for name, call in calls.items():
            print(f"{NAMES * VERSIONS:,} versions, {name:33} {_median_ms(call):6.1f} ms (budget {BUDGET_MS})")
        database.close()


if __name__ == "__main__":
    lists()
