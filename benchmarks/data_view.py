# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Look at large files: the first rows, a page far behind, profiles, memory and cancel, beside DuckDB and pandas.

The files are created in a temporary directory and removed. ``JUPYTER_ML_LOOKING_GB`` is the size of the csv file, 5 by
default. CPU seconds are those of the worker, which do not depend on what else the machine does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.services.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.services.data import DataService

__all__ = ["data_view"]

ROWS_PER_GB = 8_200_000
PARQUET_ROWS = 20_000_000
COLUMNS = (
    "i AS id, 'station-' || (i * 7 % 977) AS station, round(i / 7.0, 3) AS distance, (i * 31) % 1000 AS minutes, "
    "TIMESTAMP '2020-01-01' + INTERVAL (i % 900000) MINUTE AS at, (i * 48271 % 2147483647) / 2147483647.0 AS value, "
    "CASE WHEN i % 10 = 0 THEN NULL ELSE (i % 97)::VARCHAR END AS code, i % 3 = 0 AS late, "
    "random() AS noise, random() AS more"
)
SUMMARIZE = """
import duckdb
duckdb.execute("SET enable_progress_bar = false")
duckdb.execute("SET memory_limit = '512MB'")
duckdb.execute(f"SUMMARIZE FROM '{path}'").fetchall()
"""
DESCRIBE = """
import pandas
pandas.read_csv(path).describe(include="all")
"""


def data_view() -> None:
    """Print what the data view takes, beside its target on two idle cores."""
    gigabytes = float(os.environ.get("JUPYTER_ML_LOOKING_GB", "5"))
    folder = Path(tempfile.mkdtemp(prefix="jupyter-ml-data-view-"))
    try:
        if shutil.disk_usage(folder).free < 3 * gigabytes * 1e9 + 5e9:
            raise UnavailableError(f"{folder} has too little space for a file of {gigabytes:g} GB")
        _look(folder, gigabytes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _look(folder: Path, gigabytes: float) -> None:
    large, csv, parquet = folder / "large.csv", folder / "one.csv", folder / "one.parquet"
    _create(large, int(gigabytes * ROWS_PER_GB))
    _create(csv, ROWS_PER_GB)
    _create(parquet, PARQUET_ROWS)
    (folder / "long.csv").write_bytes(b"a," * 50_000_000)
    sizes = ", ".join(f"{path.name} {path.stat().st_size / 1e9:.2f} GB" for path in (large, csv, parquet))
    print(f"\n{sizes}; load {os.getloadavg()[0]:.1f}")
    server = psutil.Process().memory_info().rss
    with Workspace.init(folder / "workspace") as workspace, closing(workspace.data) as data:
        _measure_rows(data, large, int(gigabytes * ROWS_PER_GB))
        _row("poisonous file refused", 0.1, lambda: _refused(data, folder / "long.csv"))
        _row("first numbers of a profile", 0.8, lambda: data.profile(str(large), exact=False))
        for path, target in ((parquet, 15.0), (csv, 30.0)):
            _row(f"exact profile of {path.name}", target, lambda path=path: data.profile(str(path)), worker="new")  # type: ignore[misc]
        data.close()
        _row("second opening of a profile", 0.05, lambda: data.profile(str(parquet)))
        _measure_cancel(data, large)
        print(f"{'server, MB more':32} {5:8} {(psutil.Process().memory_info().rss - server) / 1e6:8.1f}")
    for path in (parquet, csv):
        _peer(f"DuckDB SUMMARIZE, {path.name}", SUMMARIZE, path)
    _peer(f"pandas describe, {csv.name}", DESCRIBE, csv)


def _create(path: Path, rows: int) -> None:
    kind = "csv, HEADER" if path.suffix == ".csv" else "parquet"
    sql = f"COPY (SELECT {COLUMNS} FROM range({rows}) t(i)) TO '{path}' (FORMAT {kind})"
    code = f"import duckdb; duckdb.execute('SET enable_progress_bar = false'); duckdb.execute({sql!r})"
    subprocess.run([sys.executable, "-c", code], check=True)


def _measure_rows(data: DataService, large: Path, rows: int) -> None:
    _row("first rows, worker started", None, lambda: data.rows(str(large)))
    data.close()
    _row("first rows, worker waits", 0.3, lambda: data.rows(str(large)), before=lambda: _warm(data, large))
    _row("last page, index not ready", None, lambda: data.rows(str(large), offset=rows - 200, limit=200))
    _row("last page, indexed", 0.2, lambda: data.rows(str(large), offset=rows - 200, limit=200))
    _row("page in the middle, indexed", 0.2, lambda: data.rows(str(large), offset=rows // 2, limit=200))
    _row(
        "filter that many rows match", None, lambda: data.rows(str(large), filters=[{"column": "late", "value": True}])
    )


def _warm(data: DataService, large: Path) -> None:
    small = large.parent / "small.csv"
    small.write_text("a\n1\n")
    data.rows(str(small))


def _refused(data: DataService, path: Path) -> None:
    try:
        data.rows(str(path))
    except InvalidInputError as error:
        if "a line of more than" not in str(error):
            raise


def _measure_cancel(data: DataService, large: Path) -> None:
    cancelled, times = threading.Event(), []
    profiles = data.profiles(str(large), cancelled=cancelled)
    next(profiles)
    cancelled_at = time.perf_counter()
    cancelled.set()
    try:
        list(profiles)
    except UnavailableError:
        times.append(time.perf_counter() - cancelled_at)
    print(f"{'cancel of a profile':32} {0.2:8} {times[0]:8.2f}")


def _workers() -> dict[int, psutil.Process]:
    found = {}
    for each in psutil.Process().children():
        with suppress(psutil.Error):  # it has ended
            if "data_worker" in " ".join(each.cmdline()):
                found[each.pid] = each
    return found


def _row(
    name: str,
    target: float | None,
    call: Callable[[], object],
    *,
    before: Callable[[], None] | None = None,
    worker: str | None = None,
) -> None:
    """Print the wall time of a call, and the CPU seconds and the memory of the worker that it used."""
    if before is not None:
        before()
    cpu, peak, stop = {pid: _cpu(each) for pid, each in _workers().items()}, [0.0, 0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            for pid, each in _workers().items():
                if worker is None or pid not in cpu:
                    peak[0] = max(peak[0], _cpu(each) - cpu.get(pid, 0.0))
                    peak[1] = max(peak[1], _memory(each))

    thread = threading.Thread(target=watch)
    thread.start()
    start = time.perf_counter()
    call()
    wall = time.perf_counter() - start
    stop.set()
    thread.join()
    for pid, each in _workers().items():
        peak[0] = max(peak[0], _cpu(each) - cpu.get(pid, 0.0))
        peak[1] = max(peak[1], _memory(each))
    print(f"{name:32} {target or '':8} {wall:8.2f} s {peak[0]:8.2f} CPU s {peak[1]:6.0f} MB", flush=True)


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _memory(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss / 1e6)
    except psutil.Error:
        return 0.0


def _peer(name: str, code: str, path: Path) -> None:
    program = f"path = {str(path)!r}; {code}"
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
    assert process.stderr is not None
    error = process.stderr.read().decode().strip().rpartition("\n")[2]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e3
    wall = time.perf_counter() - start
    note = f"  {error[:80]}" if process.returncode else ""
    print(f"{name:32} {'':8} {wall:8.2f} s {cpu:8.2f} CPU s {memory:6.0f} MB{note}", flush=True)
