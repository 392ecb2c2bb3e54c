# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files are read in another process, which ends when it must: a request that hangs, a reader that leaves, a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Event
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.dataview import client
from jupyter_ml.dataview.client import DataReader
from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration


@pytest.fixture
def reader() -> Iterator[DataReader]:
    reader = DataReader()
    yield reader
    reader.close()
    assert not workers()


def workers() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [each for each in children if each.is_running() and "jupyter_ml.dataview.worker" in each.cmdline()]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "large.csv"
    file.write_text("n,text\n" + "".join(f"{number},{number % 97}\n" for number in range(60_000)))
    return file


def test_one_worker_reads_file_after_file(reader: DataReader, tmp_path: Path, large: Path) -> None:
    assert reader.rows(large, 59_999, 5).rows == [[59_999, 53]]
    (first,) = workers()
    large.write_text("n,text\n1,2\n")  # it has changed
    assert reader.rows(large, 0, 5).rows == [[1, 2]]
    with pytest.raises(NotFoundError, match=r"none\.csv does not exist"):
        reader.rows(tmp_path / "none.csv", 0, 5)
    (tmp_path / "page.csv").write_text("<html>")
    with pytest.raises(InvalidInputError, match="HTML"):
        reader.rows(tmp_path / "page.csv", 0, 5)
    assert workers() == [first]


def test_profiles_come_one_after_another(reader: DataReader, large: Path) -> None:
    waves = list(reader.profiles(large))
    assert [wave.complete for wave in waves] == [False, False, True]
    assert waves[-1].rows == 60_000
    (worker,) = workers()
    (early,) = reader.profiles(large, exact=False)
    assert (early.complete, early.columns[0].basis.how) == (False, "sample")
    assert workers() == [worker]  # it is not killed in the middle of a scan


def test_a_profile_that_is_not_read_to_its_end_stops(reader: DataReader, large: Path) -> None:
    profiles = reader.profiles(large)
    next(profiles)
    (worker,) = workers()
    profiles.close()  # type: ignore[attr-defined]
    assert not worker.is_running()


def test_a_profile_that_is_canceled(reader: DataReader, large: Path) -> None:
    canceled = Event()
    profiles = reader.profiles(large, canceled)
    next(profiles)
    canceled.set()
    with pytest.raises(UnavailableError, match="was canceled"):
        list(profiles)
    assert not workers()


def test_a_request_that_takes_too_long(reader: DataReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fifo = tmp_path / "fifo.csv"
    os.mkfifo(fifo)
    monkeypatch.setattr(client, "ROWS_S", 0.5)
    with pytest.raises(UnavailableError, match=r"fifo\.csv could not be read within"):
        reader.rows(fifo, 0, 5)
    assert not workers()


def test_a_worker_that_was_killed(reader: DataReader, large: Path) -> None:
    profiles = reader.profiles(large)
    next(profiles)
    workers()[0].kill()
    with pytest.raises(UnavailableError, match="ended with -9"):
        list(profiles)
    assert reader.rows(large, 0, 1).rows == [[0, 0]]
    (idle,) = workers()
    idle.kill()
    idle.wait(30)
    assert reader.rows(large, 0, 1).rows == [[0, 0]]  # another one


def test_a_worker_ends_with_its_client(large: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from jupyter_ml.dataview.client import DataReader\n"
        "reader = DataReader(); reader.rows(Path(sys.argv[1]), 0, 1)\n"
        "print(reader._idle[0]._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    printed = subprocess.run([sys.executable, "-c", program, str(large)], capture_output=True, check=False)
    worker = int(printed.stdout)
    if psutil.pid_exists(worker):
        psutil.Process(worker).wait(30)


def test_no_secret_reaches_a_worker(reader: DataReader, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "correct-horse")
    reader.rows(large, 0, 1)
    assert "AWS_SECRET_ACCESS_KEY" not in workers()[0].environ()
