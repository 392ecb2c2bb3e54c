# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A database is opened by many processes, after kills, and never where it is not ours."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import delete

from jupyter_ml.errors import UnavailableError, WorkspaceError
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.store import Store
from jupyter_ml.store.tables import jobs

OLD = sorted((Path(__file__).parent / "databases").glob("*.sql"))


@pytest.mark.integration
def test_opening_again_is_cheap(tmp_path):
    url = f"sqlite:///{tmp_path}/workspace.db"
    Store.open(url).close()
    code = (
        "import sys; from jupyter_ml.store import Store; Store.open(sys.argv[1]).close();"
        "print(*(name for name in ('alembic', 'mlflow', 'psycopg') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.integration
def test_many_processes_create_at_once(url):
    code = (
        "import sys; from jupyter_ml.store import Store; print('ready', flush=True); sys.stdin.readline();"
        "print(Store.open(sys.argv[1]).jobs.counts())"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen([sys.executable, "-c", code, url], text=True, **pipes) for _ in range(6)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate() for process in processes] == [("{}\n", "")] * 6


def test_a_database_appears_with_all_tables(tmp_path):
    """What a process left that was killed while it created one is not used."""
    file = tmp_path / "workspace.db"
    for name in ("workspace.db.new", "workspace.db.new-wal"):
        (tmp_path / name).write_text("half of a database")
    with Store.open(file) as store:
        assert store.jobs.counts() == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["workspace.db", "workspace.db.lock"]


def test_a_writer_that_waits_while_the_tables_change(tmp_path):
    file = tmp_path / "workspace.db"
    Store.open(file).close()
    with Store.open(file) as store, closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as b:
        assert store.jobs.counts() == {}  # it knows the tables of before
        b.execute("BEGIN IMMEDIATE")
        b.execute("CREATE TABLE other (id INTEGER)")
        timer = Timer(0.1, b.execute, ["COMMIT"])
        timer.start()
        with store._database.write() as connection:
            connection.execute(delete(jobs).where(jobs.c.name == "none"))
        timer.join()


def test_files_are_private(tmp_path):
    folder = tmp_path / "workspace"
    with Store.open(f"sqlite:///{folder}/workspace.db") as store:
        store.events.append("made", "job", "a")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert set(modes) == {"workspace.db", "workspace.db-wal", "workspace.db-shm", "workspace.db.lock"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql+psycopg://me:hunter2@127.0.0.1:1/none", "127.0.0.1"),
        ("sqlite:////proc/nothing/workspace.db", "/proc/nothing"),
        ("mysql://me:hunter2@host/name", "mysql"),
        ("hunter2", "cannot be read"),
        ("sqlite://", "has no database"),
    ],
)
def test_the_error_of_a_database_that_cannot_be_opened_has_no_password(url, message):
    with pytest.raises(WorkspaceError, match=message) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_a_database(tmp_path):
    file = tmp_path / "workspace.db"
    file.write_text("no database" * 1000)
    with pytest.raises(WorkspaceError, match="not a database"):
        Store.open(f"sqlite:///{file}")
    assert file.read_text().startswith("no database")


def test_tables_of_another_program_are_not_changed(tmp_path):
    file = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE experiments (id INTEGER)")
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES ('451aebb31d03')")
        other.commit()
    with pytest.raises(WorkspaceError):
        Store.open(f"sqlite:///{file}")


def test_a_database_that_goes_away(tmp_path):
    file = tmp_path / "workspace.db"
    with Store.open(f"sqlite:///{file}") as store:
        store.close()
        file.write_text("no database" * 1000)
        with pytest.raises(UnavailableError, match="not a database"):
            store.jobs.counts()


_SECOND = """
import sqlite3, subprocess, sys
from jupyter_ml.store import Store
url, file = sys.argv[1:]
first = Store.open(url)
first.events.append("made", "job", "a")
Store.open(url).close()  # as a second workspace object in the same process
# another process that ends takes the log away, unless it sees that another process still has the database open
subprocess.run([sys.executable, "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
    "c.execute('SELECT count(*) FROM events').fetchall(); c.close()", file], check=True)
from pathlib import Path
print(Path(file + "-wal").exists(), first.events.last())
first.events.append("made", "job", "b")
print(first.events.last())
"""


@pytest.mark.integration
def test_opening_it_twice_in_one_process_leaves_the_locks_of_the_first_alone(tmp_path):
    file = tmp_path / "workspace.db"
    argv = [sys.executable, "-c", _SECOND, f"sqlite:///{file}", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["True", "1", "2"], "")


_KILLED = """
import itertools, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from jupyter_ml.store import Store, schema
import alembic.command, psycopg
url, step = sys.argv[1], int(sys.argv[2])
statement = 1
while True:
    child = os.fork()
    if child == 0:
        counter = itertools.count(1)
        event.listen(Engine, "before_cursor_execute",
            lambda *_: os.kill(os.getpid(), signal.SIGKILL) if next(counter) == statement else None)
        Store.open(url)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != -9:
        sys.exit(os.waitstatus_to_exitcode(status))
    statement += step
"""


def killed_until_it_opens(url: str, step: int) -> None:
    """Open a database in processes that are killed at a later and later statement, until one is through."""
    subprocess.run([sys.executable, "-c", _KILLED, url, str(step)], check=True, capture_output=True)


@pytest.mark.integration
def test_kills_at_any_statement_while_it_is_created_leave_nothing_broken(url):
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
        Path(url.removeprefix("sqlite:///")).touch()  # as a kill before the first statement leaves it
    killed_until_it_opens(url, 3)
    with Store.open(url) as store:
        assert store.jobs.counts() == {}


@pytest.mark.integration
def test_kills_at_any_statement_while_it_is_upgraded_lose_nothing(tmp_path):
    file = tmp_path / "workspace.db"
    with closing(sqlite3.connect(file)) as old:
        old.executescript(OLD[0].read_text())
    killed_until_it_opens(f"sqlite:///{file}", 1)
    with Store.open(f"sqlite:///{file}") as store:
        assert [job.name for job in store.jobs.list(JobQuery(archived=None, descending=False)).items] == [
            "train-1",
            "train-2",
            "by-hand",
        ]
