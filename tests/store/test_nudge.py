"""The bell wakes listeners, and nothing that it does can hurt."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_ml.errors import WorkspaceError
from jupyter_ml.store import Store, nudge
from jupyter_ml.store.nudge import Bell, ring


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A temporary folder of the test's own, short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="jml") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield


def test_every_listener_hears_once(tmp_path):
    with Bell(tmp_path) as one, Bell(tmp_path) as other, Bell(tmp_path / "elsewhere") as stranger:
        for _ in range(3):
            ring(tmp_path)
        assert one.wait(1)
        assert other.wait(1)
        assert not one.wait(0)
        assert not stranger.wait(0)


def test_another_process_rings(tmp_path):
    code = "import sys, pathlib; from jupyter_ml.store.nudge import ring; ring(pathlib.Path(sys.argv[1]))"
    with Bell(tmp_path) as bell:
        environment = {**os.environ, "TMPDIR": tempfile.gettempdir()}
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment, check=True)
        assert bell.wait(0)


def test_waiting_ends_at_the_ring(tmp_path):
    with Bell(tmp_path) as bell:
        thread = threading.Timer(0.1, ring, [tmp_path])
        start = time.monotonic()
        thread.start()
        assert bell.wait(30)
        assert time.monotonic() - start < 10
        thread.join()


def test_nobody_listens(tmp_path):
    ring(tmp_path)
    Bell(tmp_path).close()
    ring(tmp_path)


def test_the_last_listener_takes_the_meeting_place_away(tmp_path):
    with Bell(tmp_path) as one:
        Bell(tmp_path).close()
        ring(tmp_path)
        assert one.wait(1)
    assert not nudge._meeting_place(tmp_path).exists()


def test_listeners_come_and_go_at_the_same_moment(tmp_path):
    def listen(number):
        for _ in range(200):
            with Bell(tmp_path) as bell:
                ring(tmp_path)
                assert bell.wait(1)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(listen, range(8))) == [None] * 8
    assert not nudge._meeting_place(tmp_path).exists()


def test_a_full_bell_does_not_block(tmp_path):
    with Bell(tmp_path) as bell:
        for _ in range(10_000):
            ring(tmp_path)
        assert bell.wait(0)
        assert not bell.wait(0)


def test_a_dead_listener_is_forgotten(tmp_path):
    with Bell(tmp_path) as bell:
        dead = bell._path.parent / "1-dead"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gone:
            gone.bind(str(dead))
        ring(tmp_path)
        assert not dead.exists()
        assert bell.wait(0)


def test_the_meeting_place_is_private(tmp_path):
    with Bell(tmp_path) as bell:
        assert stat.S_IMODE(bell._path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_foreign_meeting_place_is_refused(tmp_path):
    place = nudge._meeting_place(tmp_path)
    place.mkdir(mode=0o700)
    os.chown(place, 12345, 12345)
    with pytest.raises(WorkspaceError, match="somebody else"):
        Bell(tmp_path)
    ring(tmp_path)


def test_an_open_or_linked_meeting_place_is_refused(tmp_path):
    place = nudge._meeting_place(tmp_path)
    place.mkdir()
    place.chmod(0o755)
    with pytest.raises(WorkspaceError):
        Bell(tmp_path)
    place.rmdir()
    (tmp_path / "target").mkdir(mode=0o700)
    place.symlink_to(tmp_path / "target")
    with pytest.raises(WorkspaceError):
        Bell(tmp_path)


def test_a_long_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("long" * 30)))
    with Bell(tmp_path) as bell:
        ring(tmp_path)
        assert bell.wait(0)


def test_other_hosts_are_heard(postgresql_url):
    heard = threading.Event()
    with Store.open(postgresql_url) as here, Store.open(postgresql_url) as there, here.listen(heard.set):
        assert here.shared
        there.notify()
        assert heard.wait(10)


def test_a_lost_connection_is_made_again(postgresql_url, monkeypatch, caplog):
    monkeypatch.setattr("jupyter_ml.store.listening._PATIENCE_S", 0.01)
    heard = threading.Event()
    with Store.open(postgresql_url) as store, store.listen(heard.set):
        with store._database.write() as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN jupyter_ml'"
            assert list(connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {others}"))
        for _ in range(1_000):
            store.notify()
            if heard.wait(0.01):
                break
        assert heard.is_set()


def test_notify_is_nothing_on_sqlite(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/workspace.db") as store:
        assert not store.shared
        store.notify()
