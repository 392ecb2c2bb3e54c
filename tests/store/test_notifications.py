# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notifications wake listeners, and never fail or block."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_ml.store import Store
from jupyter_ml.store.notifications import Listener, notify
from tests.workspaces import TIMEOUT_S, until


@pytest.fixture(autouse=True)
def runtime(tmp_path_factory, monkeypatch):
    """A runtime folder of the test's own."""
    folder = tmp_path_factory.mktemp("runtime")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def test_every_listener_hears_once(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    with Listener(tmp_path) as one, Listener(tmp_path) as other, Listener(tmp_path / "elsewhere") as stranger:
        for _ in range(3):
            notify(tmp_path)
        assert one.wait(TIMEOUT_S)
        assert other.wait(TIMEOUT_S)
        assert not one.wait(0)
        assert not stranger.wait(0)


@pytest.mark.integration
def test_another_process_rings(tmp_path):
    code = "import sys, pathlib; from jupyter_ml.store.notifications import notify; notify(pathlib.Path(sys.argv[1]))"
    with Listener(tmp_path) as listener:
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
        assert listener.wait(0)


def test_waiting_ends_at_the_ring(tmp_path):
    with Listener(tmp_path) as listener:
        thread = threading.Timer(0.1, notify, [tmp_path])
        thread.start()
        assert listener.wait(TIMEOUT_S)
        thread.join()


def test_a_workspace_without_listeners(tmp_path):
    notify(tmp_path)
    Listener(tmp_path).close()
    notify(tmp_path)


def test_listeners_come_and_go_at_the_same_moment(tmp_path):
    def listen(number):
        for _ in range(200):
            with Listener(tmp_path) as listener:
                notify(tmp_path)
                assert listener.wait(TIMEOUT_S)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(listen, range(8))) == [None] * 8
    assert not list((tmp_path / "listeners").iterdir())


def test_a_full_bell_does_not_block(tmp_path):
    with Listener(tmp_path) as listener:
        for _ in range(10_000):
            notify(tmp_path)
        assert listener.wait(0)
        assert not listener.wait(0)


def test_a_dead_listener_is_forgotten(tmp_path):
    with Listener(tmp_path) as listener:
        dead = listener._path.parent / "1-dead"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gone:
            gone.bind(str(dead))
        notify(tmp_path)
        assert not dead.exists()
        assert listener.wait(0)


def test_other_users_have_no_access(tmp_path):
    with Listener(tmp_path) as listener:
        assert listener._path.parent == tmp_path / "listeners"
        assert stat.S_IMODE(listener._path.parent.stat().st_mode) == 0o700


def _give_away(place):
    place.mkdir(mode=0o700)
    os.chown(place, 12345, 12345)


def _open(place):
    place.mkdir()
    place.chmod(0o777)


def _link(place):
    place.with_name("target").mkdir(mode=0o700)
    place.symlink_to(place.with_name("target"))


def _occupy(place):
    place.write_text("no folder")


@pytest.mark.parametrize("how", [_give_away, _open, _link, _occupy])
def test_a_folder_that_is_not_ours_alone_is_left_aside(tmp_path, runtime, caplog, how):
    if how is _give_away and os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    caplog.set_level("INFO")
    how(tmp_path / "listeners")
    with Listener(tmp_path) as listener:
        assert listener._path.is_relative_to(runtime)
        notify(tmp_path)
        assert listener.wait(0)
    assert "cannot hold a socket" in caplog.text
    assert "no notifications" not in caplog.text


def test_without_a_socket_a_listener_only_waits(tmp_path, monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    (tmp_path / "listeners").write_text("no folder")
    notify(tmp_path)
    with Listener(tmp_path) as listener:
        notify(tmp_path)
        start = time.monotonic()
        assert not listener.wait(0.2)
        assert time.monotonic() - start >= 0.2
    assert caplog.text.count("no notifications") == 1


def test_a_long_path(tmp_path):
    folder = tmp_path / ("long" * 30) / ("longer" * 30)
    folder.mkdir(parents=True)
    with Listener(folder) as listener:
        assert listener._path.is_relative_to(folder)
        notify(folder)
        assert listener.wait(0)


def test_other_hosts_are_heard(postgresql_url):
    heard = threading.Event()
    with Store.open(postgresql_url) as here, Store.open(postgresql_url) as there, here.listen(heard.set):
        assert here.shared
        until(lambda: there.notify() or heard.is_set())  # a busy machine may hear the first ones too late


def test_a_lost_connection_is_established_again(postgresql_url, monkeypatch, caplog):
    monkeypatch.setattr("jupyter_ml.store.postgresql_notifications._PATIENCE_S", 0.01)
    heard = threading.Event()
    with Store.open(postgresql_url) as store, store.listen(heard.set):
        until(lambda: store.notify() or heard.is_set())
        with store._database.write() as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN jupyter_ml'"
            assert list(connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {others}"))
        until(lambda: "other hosts are not heard" in caplog.text)
        heard.clear()
        until(lambda: store.notify() or heard.is_set())


def test_notify_is_nothing_on_sqlite(tmp_path):
    with Store.open(f"sqlite:///{tmp_path}/workspace.db") as store:
        assert not store.shared
        store.notify()
