"""The store is made once, kept private, upgraded, and refused when it is too new."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import NewerDatabaseError, WorkspaceError
from jupyter_ml.tracking.client import Tracking

if TYPE_CHECKING:
    from pathlib import Path


def test_addresses(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    assert Tracking.uri(None, file) == f"sqlite:///{file}"
    # the workspace's own tables lie in that file
    assert Tracking.uri("sqlite:////srv/workspace.db", file) == f"sqlite:///{file}"
    shared = "postgresql+psycopg://ada@db/ml"
    assert Tracking.uri(shared, file) == f"{shared}?options=-csearch_path%3Dmlflow"
    assert Tracking.uri(f"{shared}?sslmode=require", file).endswith("?sslmode=require&options=-csearch_path%3Dmlflow")


def test_making_one_imports_nothing_heavy() -> None:
    code = (
        "import sys; from jupyter_ml.tracking.client import Tracking; Tracking('sqlite:///x.db', 'a');"
        "assert not {'mlflow', 'sqlalchemy', 'alembic'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


_PREPARE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from jupyter_ml.tracking.client import Tracking
tracking = Tracking(sys.argv[1], sys.argv[2])
with ThreadPoolExecutor(4) as pool:
    list(pool.map(lambda _: tracking.prepare(), range(4)))
print(tracking.create_run(experiment="same", name="run", tags={}))
"""


def test_several_processes_and_threads_make_one_store(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    argv = [sys.executable, "-c", _PREPARE, f"sqlite:///{file}", str(tmp_path / "artifacts")]

    def prepare(_: int) -> str:
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.strip()

    with ThreadPoolExecutor(3) as pool:
        made = set(pool.map(prepare, range(3)))
    tracking = Tracking(f"sqlite:///{file}", str(tmp_path / "artifacts"))
    assert {run.run_id for page in tracking.runs() for run in page} == made
    assert len(made) == 3
    assert file.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        names = [row[0] for row in connection.execute("SELECT name FROM experiments")]
    connection.close()
    assert sorted(names) == ["Default", "same"]


def test_a_store_that_is_too_new_is_refused(tracking: Tracking, tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    with sqlite3.connect(tracking._uri.removeprefix("sqlite:///")) as source, sqlite3.connect(file) as copy:
        source.backup(copy)
        copy.execute("UPDATE alembic_version SET version_num = 'fromthefuture'")
    source.close()
    copy.close()
    with pytest.raises(NewerDatabaseError, match="upgrade mlflow"):
        Tracking(f"sqlite:///{file}", str(tmp_path)).prepare()


def test_an_older_store_is_upgraded(tmp_path: Path) -> None:
    from alembic import command
    from mlflow.store.db.utils import _get_alembic_config

    file = tmp_path / "mlflow.db"
    fresh = Tracking(f"sqlite:///{file}", str(tmp_path / "artifacts"))
    fresh.prepare()
    fresh._store.engine.dispose()
    command.downgrade(_get_alembic_config(f"sqlite:///{file}"), "-1")
    again = Tracking(f"sqlite:///{file}", str(tmp_path / "artifacts"))
    again.prepare()
    assert again.create_run(experiment="after", name="run", tags={})


def test_a_place_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        Tracking(f"sqlite:///{tmp_path}/missing/mlflow.db", str(tmp_path)).prepare()
