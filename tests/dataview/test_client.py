# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files are read in another process, which ends when it must: a request that hangs, a reader that leaves, a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from threading import Event, Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_ml.dataview import worker_process
from jupyter_ml.dataview.client import DataReader
from jupyter_ml.dataview.requests import Location, Request, RowsRequest
from jupyter_ml.dataview.worker_process import WorkerProcess
from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_ml.schemas.data_view import Cell

pytestmark = pytest.mark.integration


@pytest.fixture
def reader() -> Iterator[DataReader]:
    reader = DataReader()
    yield reader
    reader.close()
    assert not workers()


def at(path: Path) -> Location:
    return Location(url=str(path))


def rows(reader: DataReader, path: Path, offset: int, limit: int) -> list[list[Cell]]:
    """Return rows, which are asked for until they have been found."""
    request = RowsRequest(offset=offset, limit=limit)
    while (found := reader.rows(at(path), request)).progress is not None:
        pass
    return found.rows


def workers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if is_worker(each)]


def is_worker(process: psutil.Process) -> bool:
    try:
        return "jupyter_ml.dataview.worker" in process.cmdline()
    except psutil.Error:  # another child of this process, which has ended
        return False


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "large.csv"
    file.write_text("n,text\n" + "".join(f"{number},{number % 97}\n" for number in range(60_000)))
    return file


def test_one_worker_reads_file_after_file(reader: DataReader, tmp_path: Path, large: Path) -> None:
    assert rows(reader, large, 59_999, 5) == [[59_999, 53]]
    (first,) = workers()
    large.write_text("n,text\n1,2\n")  # it has changed
    assert rows(reader, large, 0, 5) == [[1, 2]]
    with pytest.raises(NotFoundError, match=r"none\.csv does not exist"):
        rows(reader, tmp_path / "none.csv", 0, 5)
    (tmp_path / "page.csv").write_text("<html>")
    with pytest.raises(InvalidInputError, match="HTML"):
        rows(reader, tmp_path / "page.csv", 0, 5)
    assert workers() == [first]


def test_profiles_come_one_after_another(reader: DataReader, large: Path) -> None:
    profiles = list(reader.profiles(at(large)))
    assert [each.complete for each in profiles] == [False, False, True]
    assert profiles[-1].rows == 60_000
    assert not workers()  # it was for this profile only
    rows(reader, large, 0, 1)
    (worker,) = workers()
    (early,) = reader.profiles(at(large), exact=False)
    assert (early.complete, early.columns[0].basis.how) == (False, "sample")
    assert workers() == [worker]  # the one that has the file open


def test_a_profile_that_is_not_read_to_its_end_stops(reader: DataReader, large: Path) -> None:
    profiles = reader.profiles(at(large))
    next(profiles)
    (worker,) = workers()
    profiles.close()  # type: ignore[attr-defined]
    assert not worker.is_running()


def test_a_profile_that_is_canceled(reader: DataReader, large: Path) -> None:
    canceled = Event()
    profiles = reader.profiles(at(large), canceled)
    next(profiles)
    canceled.set()
    with pytest.raises(UnavailableError, match="was canceled"):
        list(profiles)
    assert not workers()


def test_replies_that_were_received_together_are_not_returned_after_a_cancellation(
    reader: DataReader, large: Path
) -> None:
    canceled = Event()
    profiles = reader.profiles(at(large), canceled, exact=False)
    rows(reader, large, 0, 1)
    (worker,) = reader._workers
    worker._unread = b'{"version": "early"}\n'  # what else could be there
    canceled.set()
    with pytest.raises(UnavailableError, match="was canceled"):
        next(profiles)
    assert not workers()


def test_a_worker_in_which_nothing_happens(reader: DataReader, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(reader, large, 0, 1)
    workers()[0].suspend()
    monkeypatch.setattr(worker_process, "STALL_S", 0.5)
    with pytest.raises(UnavailableError, match=r"large\.csv could not be read: nothing has happened for 0\.5 s"):
        rows(reader, large, 0, 5)
    assert not workers()


def test_work_is_limited_by_the_time_that_it_takes_of_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(DataReader("tests.dataview.stubborn_worker")) as reader:
        monkeypatch.setattr(worker_process, "WORK_S", 0.3)
        with pytest.raises(UnavailableError, match=r"10000 could not be read: that takes more than 0\.3 s of work"):
            reader.version(Location(url="10000"))


def test_a_process_that_works_is_waited_for_however_long_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    now, cpu_s = 1_000.0, 5.0
    monkeypatch.setattr(worker_process, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(worker_process._Work, "_cpu_s", lambda _: cpu_s)
    work = worker_process._Work(0)
    while cpu_s < 24.9:
        now, cpu_s = now + 29.0, cpu_s + 0.1
        assert work.problem() is None
    now += 29.0
    assert work.problem() is None
    now += 2.0
    assert work.problem() == "nothing has happened for 30 s"
    cpu_s += 0.2
    assert work.problem() == "that takes more than 20 s of work"


def test_what_is_not_a_file_is_refused_at_once(reader: DataReader, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.csv")
    with pytest.raises(InvalidInputError, match="neither a file nor a directory"):
        rows(reader, tmp_path / "fifo.csv", 0, 5)


def test_each_of_two_files_stays_open_in_a_worker(reader: DataReader, tmp_path: Path, large: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    rows(reader, large, 0, 1)
    (first,) = workers()
    threads = [Thread(target=rows, args=(reader, path, 0, 1)) for path in (large, tmp_path / "other.csv") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first in workers()
    assert len(workers()) <= 2


def test_a_worker_is_not_taken_before_it_is_given_back(reader: DataReader, large: Path) -> None:
    profiles = reader.profiles(at(large), exact=False)
    next(profiles)  # the last one, but the iterator is still open
    (worker,) = workers()
    worker.suspend()
    found: list[list[Cell]] = []
    thread = Thread(target=lambda: found.extend(rows(reader, large, 0, 1)))
    thread.start()
    thread.join(0.2)
    profiles.close()  # type: ignore[attr-defined]
    worker.resume()
    thread.join()
    assert found == [[0, 0]]
    assert workers() == [worker]


def test_a_worker_that_was_killed(reader: DataReader, large: Path) -> None:
    rows(reader, large, 0, 1)
    (worker,) = workers()
    worker.suspend()  # it does not reply before it is killed
    with ThreadPoolExecutor(1) as thread:
        reading = thread.submit(rows, reader, large, 0, 1)
        until(lambda: reader._workers[0].is_pending)
        worker.kill()
        with pytest.raises(UnavailableError, match="ended with -9"):
            reading.result()
    assert rows(reader, large, 0, 1) == [[0, 0]]
    (idle,) = workers()
    idle.kill()
    idle.wait(60)
    assert rows(reader, large, 0, 1) == [[0, 0]]  # another one


def test_a_worker_that_ends_before_it_gets_a_request(large: Path) -> None:
    worker, request = WorkerProcess.start("jupyter_ml.dataview.worker"), Request(location=at(large))
    worker.end()
    worker._process.wait()
    with pytest.raises(UnavailableError, match="ended with -9"):
        worker.send(request)
    worker.kill()
    assert not worker._folder.exists()


def test_a_reader_that_is_closed_while_others_read(reader: DataReader, large: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    for path in (large, tmp_path / "other.csv"):
        rows(reader, path, 0, 1)
    for worker in workers():
        worker.suspend()
    for name in ("third.csv", "fourth.csv"):
        (tmp_path / name).write_text("a\n1\n")
    with ThreadPoolExecutor(4) as threads:
        names = ("large.csv", "other.csv", "third.csv", "fourth.csv")
        reading = [threads.submit(rows, reader, tmp_path / name, 0, 1) for name in names]
        until(lambda: all(worker.is_pending for worker in reader._workers))
        until(lambda: len(reader._changed._waiters) == 2)
        reader.close()
        errors = [str(each.exception()) for each in reading]
    assert sum("ended with -9" in error for error in errors) == 2
    assert sum("the reader was closed" in error for error in errors) == 2
    assert not workers()


def test_a_worker_ends_with_its_client(large: Path) -> None:
    program = (
        "import os, sys; from jupyter_ml.dataview.client import DataReader\n"
        "from jupyter_ml.dataview.requests import Location, RowsRequest\n"
        "reader = DataReader(); reader.rows(Location(url=sys.argv[1]), RowsRequest(offset=0, limit=1))\n"
        "print(reader._workers[0]._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    printed = subprocess.run([sys.executable, "-c", program, str(large)], capture_output=True, check=False)
    worker = int(printed.stdout)
    with suppress(psutil.NoSuchProcess):
        psutil.Process(worker).wait(60)


def test_no_secret_reaches_a_worker(reader: DataReader, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "correct-horse")
    rows(reader, large, 0, 1)
    assert "AWS_SECRET_ACCESS_KEY" not in workers()[0].environ()
