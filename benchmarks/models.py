# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Pages of 10,000 models with 3 versions each (CPU time, on SQLite), and saving a model, beside MLflow's own."""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.tracking.client import Tracking

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["lists", "log_model"]

BUDGET_MS = 50
MODELS, VERSIONS = 10_000, 3
_CREATE = """
import sys
from jupyter_ml.tracking.client import Tracking
Tracking(sys.argv[1], sys.argv[2]).prepare()
"""
_PEER = """
import sys, time
start = time.process_time()
from mlflow import MlflowClient
client = MlflowClient(sys.argv[1], sys.argv[1])
print("import", time.process_time() - start)
calls = {
    "newest first": lambda: client.search_registered_models(max_results=100, order_by=["last_updated_timestamp DESC"]),
    "search": lambda: client.search_registered_models("name LIKE '%model-01%'", max_results=100),
    "versions of one": lambda: client.search_model_versions("name = 'model-05000'"),
    "one by alias": lambda: client.get_model_version_by_alias("model-05000", "champion"),
    "creation of a version": lambda: client.create_model_version("model-05000", "/x"),
}
for name, call in calls.items():
    call()
    start = time.process_time()
    call()
    print(name, time.process_time() - start, sep="=")
"""


_LOG = """
import sys, tempfile, time, logging
import mlflow.sklearn
from sklearn.linear_model import LinearRegression
logging.disable()
if sys.argv[1] == "ours":
    from jupyter_ml.tracking.model_packages import use_imported_packages
    use_imported_packages()
model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
for number, options in enumerate([{"pip_requirements": ["scikit-learn"]}] * 2 + [{}] * 4):
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        mlflow.sklearn.save_model(model, f"{folder}/model", serialization_format="cloudpickle", **options)
    print(number, time.perf_counter() - start)
"""


def _fill(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        names = [f"model-{number:05}" for number in range(MODELS)]
        connection.executemany(
            "INSERT INTO registered_models (name, creation_time, last_updated_time) VALUES (?, ?, ?)",
            [(name, number, number) for number, name in enumerate(names)],
        )
        source, run = "models:/m-" + 32 * "0", 32 * "1"
        keys = [(name, version) for name in names for version in range(1, VERSIONS + 1)]
        connection.executemany(
            "INSERT INTO model_versions (name, version, creation_time, description, current_stage, source, "
            "storage_location, run_id, status) VALUES (?, ?, ?, 'why', 'None', ?, '/x', ?, 'READY')",
            [(name, version, number, source, run) for number, (name, version) in enumerate(keys)],
        )
        connection.executemany(
            "INSERT INTO model_version_tags (name, version, key, value) VALUES (?, ?, ?, ?)",
            [(*key, tag, "{}") for key in keys for tag in ("jupyter_ml.model", "team")],
        )
        connection.executemany(
            "INSERT INTO registered_model_aliases (name, alias, version) VALUES (?, 'champion', 2)",
            [(name,) for name in names],
        )


def _median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(6):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return 1_000 * statistics.median(times[1:])


def lists() -> None:
    """Print the CPU time of a page of each kind, of one version, and of the creation of one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mlflow.db"
        uri = Tracking.uri(None, file)
        subprocess.run([sys.executable, "-c", _CREATE, uri, folder], check=True)  # MLflow is not imported here
        _fill(file)
        registry = Tracking(uri, folder).registry
        calls: dict[str, Callable[[], Any]] = {
            "newest first": lambda: registry.list(AssetQuery(limit=100)),
            "last page": lambda: registry.list(AssetQuery(limit=100, offset=MODELS - 100, sort="name")),
            "search": lambda: registry.list(AssetQuery(limit=100, filter="model-01")),
            "a page of 1,000": lambda: registry.list(AssetQuery(limit=1_000)),
            "versions of one": lambda: registry.list(AssetQuery(name="model-05000")),
            "one by alias": lambda: registry.get("model-05000@champion"),
        }
        done = subprocess.run([sys.executable, "-c", _PEER, uri], check=True, capture_output=True, text=True)
        peer = dict(line.split("=") for line in done.stdout.splitlines() if "=" in line)
        for name, call in calls.items():
            theirs = f", MLflow's client {1_000 * float(peer[name]):.1f} ms" if name in peer else ""
            print(
                f"{MODELS:,} models x {VERSIONS} versions, {name:16} {_median_ms(call):6.1f} ms "
                f"(budget {BUDGET_MS}){theirs}"
            )
        print(f"MLflow was imported: {'mlflow' in sys.modules}; its client takes {done.stdout.splitlines()[0]} s")


def log_model() -> None:
    """Print how long a scikit-learn model takes to be saved, beside MLflow's own search for its packages."""
    for name in ("ours", "MLflow's own"):
        done = subprocess.run([sys.executable, "-c", _LOG, name], check=True, capture_output=True, text=True)
        times = [float(line.split()[1]) for line in done.stdout.splitlines()]
        known, first, later = times[1], times[2], statistics.median(times[3:])
        print(
            f"save_model, {name}: {later:.2f} s (the first one {first:.2f} s), with known packages {known:.2f} s: "
            f"{later - known:.2f} s to find them"
        )


if __name__ == "__main__":
    lists()
    log_model()
