# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The store is created once, private, upgraded, and refused when it is too new."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import NewerDatabaseError, UnavailableError, WorkspaceError
from jupyter_ml.tracking.client import Tracking
from jupyter_ml.tracking.sqlite import file_states
from tests.integration import DATABASES
from tests.tracking.programs import every

if TYPE_CHECKING:
    from pathlib import Path


def test_addresses(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    assert Tracking.uri(None, file) == f"sqlite:///{file}"
    # the workspace's own tables are in that file
    assert Tracking.uri("sqlite:////srv/workspace.db", file) == f"sqlite:///{file}"
    shared = "postgresql+psycopg://ada@db/ml"
    assert Tracking.uri(shared, file) == f"{shared}?options=-csearch_path%3Dmlflow"
    assert Tracking.uri(f"{shared}?sslmode=require", file).endswith("?sslmode=require&options=-csearch_path%3Dmlflow")


@pytest.mark.integration
def test_making_one_imports_nothing_heavy() -> None:
    code = (
        "import sys; from jupyter_ml.tracking.client import Tracking; Tracking('sqlite:///x.db', 'a');"
        "assert not {'mlflow', 'sqlalchemy', 'alembic'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


_PREPARE = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
from mlflow.store.tracking import sqlalchemy_store  # once, so that all processes begin at the same moment
from jupyter_ml.tracking.client import Tracking
children = []
for _ in range(3):
    if (child := os.fork()) == 0:
        tracking = Tracking(sys.argv[1], sys.argv[2])
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: tracking.prepare(), range(4)))
        print(tracking.create_run(experiment="same", name="run", tags={}), flush=True)
        os._exit(0)
    children.append(child)
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


@pytest.mark.integration
def test_several_processes_and_threads_make_one_store(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    argv = [sys.executable, "-c", _PREPARE, f"sqlite:///{file}", str(tmp_path / "artifacts")]
    made = {*subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()}
    tracking = Tracking(f"sqlite:///{file}", str(tmp_path / "artifacts"))
    assert every(tracking).keys() == made
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


def open_with_kills(uri: str, artifacts: Path, *statements: int) -> list[str]:
    argv = [sys.executable, "-m", "tests.tracking.kills", uri, str(artifacts), *map(str, statements)]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.integration
@pytest.mark.parametrize("database", DATABASES)
def test_kills_while_it_is_created_leave_nothing_broken(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    address = None if database == "sqlite" else request.getfixturevalue("postgresql_url")
    uri = Tracking.uri(address, tmp_path / "mlflow.db")
    assert open_with_kills(uri, tmp_path, 20, 120, 240, 1_000_000) == [*["-9"] * 3, "0"]
    tracking = Tracking(uri, str(tmp_path))
    assert tracking.create_run(experiment="after", name="run", tags={})
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []
    tracking._store.engine.dispose()


_CREATE_BY_MLFLOW = """
import os, signal, sys
from mlflow.store.db import utils
from sqlalchemy import event
from sqlalchemy.engine import Engine
def kill(connection, cursor, statement, *_):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "after_cursor_execute", kill)
utils._initialize_tables(utils.create_sqlalchemy_engine(f"sqlite:///{sys.argv[1]}"))
"""


@pytest.mark.integration
@pytest.mark.parametrize("statement", ["_alembic_tmp_metrics", "CREATE TABLE webhooks"])
def test_a_store_that_another_program_left_half_created_is_created_again(tmp_path: Path, statement: str) -> None:
    file = tmp_path / "mlflow.db"
    argv = [sys.executable, "-c", _CREATE_BY_MLFLOW, str(file), statement]
    assert subprocess.run(argv, check=False, capture_output=True).returncode == -9
    for path in tmp_path.iterdir():
        os.utime(path, (1_000_000, 1_000_000))  # long ago
    assert Tracking(f"sqlite:///{file}", str(tmp_path / "artifacts")).create_run(experiment="e", name="run", tags={})


def test_an_empty_file_is_as_good_as_none(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mlflow.db").touch()
    assert Tracking(f"sqlite:///{tmp_path}/mlflow.db", str(tmp_path)).create_run(experiment="e", name="run", tags={})
    assert capfd.readouterr().err == ""


@pytest.fixture
def older_run(mlflow_template: Path, tmp_path: Path) -> str:
    """The ID of the one run in the store of an older MLflow, `tmp_path`/mlflow.db."""
    from alembic import command
    from mlflow.store.db.utils import _get_alembic_config

    file = tmp_path / "mlflow.db"
    shutil.copy(mlflow_template, file)
    fresh = Tracking(f"sqlite:///{file}", str(tmp_path))
    run_id = fresh.create_run(experiment="before", name="run", tags={})
    fresh.close()
    command.downgrade(_get_alembic_config(f"sqlite:///{file}"), "-4")
    for path in tmp_path.glob("mlflow.db*"):
        os.utime(path, (1_000_000, 1_000_000))  # long ago
    return run_id


@pytest.mark.integration
def test_an_interrupted_upgrade_is_taken_back_and_done_again(older_run: str, tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    assert open_with_kills(uri, tmp_path, 5, 20, 40) == ["-9"] * 3
    assert (tmp_path / "mlflow.db.upgrading").exists()
    tracking = Tracking(uri, str(tmp_path))
    assert [*every(tracking)] == [older_run]
    assert not (tmp_path / "mlflow.db.upgrading").exists()
    [kept] = tmp_path.glob("mlflow.db.*.bak")
    assert kept.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(kept) as copy:
        assert copy.execute("SELECT run_uuid FROM runs").fetchall() == [(older_run,)]
    copy.close()


@pytest.mark.integration
@pytest.mark.usefixtures("older_run")
def test_a_store_with_runs_that_another_program_left_half_upgraded_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    with sqlite3.connect(file) as broken:
        broken.execute("CREATE TABLE _alembic_tmp_runs (x)")
    broken.close()
    os.utime(file, (1_000_000, 1_000_000))
    with pytest.raises(WorkspaceError, match="put a copy of the file back"):
        Tracking(f"sqlite:///{file}", str(tmp_path)).prepare()


def test_a_store_that_another_program_has_locked_is_not_taken_for_an_empty_one(
    mlflow_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_ml.tracking.sqlite._LOCKED_S", 0.1)
    file = tmp_path / "mlflow.db"
    shutil.copy(mlflow_template, file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("CREATE TABLE kept (x)")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UnavailableError, match="database is locked"):
        Tracking(f"sqlite:///{file}", str(tmp_path)).prepare()
    other.execute("ROLLBACK")
    other.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == []
    connection.close()


def test_logs_that_another_process_removes_have_no_state(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    file.write_bytes(b"12")
    (tmp_path / "mlflow.db-wal").symlink_to("removed")
    assert [each.st_size for each in file_states(file, "-wal", "-journal")] == [2]


def test_a_file_that_is_not_a_database_is_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    file.write_text("no database" * 1000)
    with pytest.raises(WorkspaceError, match="not a database"):
        Tracking(f"sqlite:///{file}", str(tmp_path)).prepare()
    assert file.read_text().startswith("no database")


def test_a_place_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        Tracking(f"sqlite:///{tmp_path}/missing/mlflow.db", str(tmp_path)).prepare()
