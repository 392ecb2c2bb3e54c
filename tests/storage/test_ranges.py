# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files elsewhere are read in few requests: what was read is kept, and reads that follow each other read ahead."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from fsspec.implementations.local import LocalFileSystem

from jupyter_ml.schemas.connections import Connection
from jupyter_ml.storage import ranges, read_only
from jupyter_ml.storage.ranges import RangeCache
from jupyter_ml.storage.read_only import ReadOnlyFileSystem

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = bytes(random.Random(1).randbytes(100_000))
TOP = "azureml://datastores/lake/paths"


class Server:
    """A file elsewhere, with the ranges that were requested."""

    def __init__(self) -> None:
        self.requested: list[tuple[int, int]] = []
        self.cache = RangeCache()

    def fetch(self, start: int, end: int) -> bytes:
        self.requested.append((start, end))
        return CONTENT[start:end]

    def read(self, start: int, end: int, key: str = "a") -> bytes:
        return self.cache.read(key, len(CONTENT), start, end, self.fetch)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    for name, value in (("FIRST_BYTES", 100), ("AHEAD_BYTES", 400), ("SPAN_BYTES", 2_000), ("KEPT_BYTES", 5_000)):
        monkeypatch.setattr(ranges, name, value)
    return Server()


def test_reads_that_follow_each_other_read_ahead(server: Server) -> None:
    assert [server.read(at, at + 10) for at in range(0, 1_000, 10)] == [
        CONTENT[at : at + 10] for at in range(0, 1_000, 10)
    ]
    assert server.requested == [(0, 100), (100, 300), (300, 700), (700, 1_100)]
    server.read(0, 1_100)
    assert len(server.requested) == 4
    server.read(1_000, 1_700)  # only what is not known yet
    assert server.requested[4:] == [(1_100, 1_700)]


def test_the_end_of_a_file(server: Server) -> None:
    assert server.read(99_990, 200_000) == CONTENT[99_990:]
    assert server.read(100_000, 100_010) == b""
    assert server.requested == [(99_990, 100_000)]


def test_other_files_have_other_bytes(server: Server) -> None:
    server.read(0, 10)
    server.read(0, 10, key="b")
    assert server.requested == [(0, 100), (0, 100)]


def test_random_reads_are_right_and_little_is_kept(server: Server) -> None:
    numbers = random.Random(2)
    for _ in range(2_000):
        start = numbers.choice((0, 50_000, 99_000)) + numbers.randrange(3_000)
        end = start + numbers.randrange(1, 3_000)
        assert server.read(start, end, numbers.choice("abc")) == CONTENT[start:end]
        assert sum(len(span.data) for span in server.cache._spans) <= 5_000


def test_a_file_is_opened_and_looked_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "KNOWN_S", 1e9)
    (tmp_path / "a.csv").write_bytes(CONTENT)
    counts = {"open": 0, "info": 0}
    for name in counts:
        original = getattr(LocalFileSystem, name)

        def counted(self: Any, *args: Any, name: str = name, original: Any = original, **kwargs: Any) -> Any:
            counts[name] += 1
            return original(self, *args, **kwargs)

        monkeypatch.setattr(LocalFileSystem, name, counted)
    files = ReadOnlyFileSystem({"lake": Connection("local", {"path": str(tmp_path)})})
    for _ in range(5):
        assert files.size(f"{TOP}/a.csv") == len(CONTENT)
        assert files.exists(f"{TOP}/a.csv")
        assert files.glob(f"{TOP}/a.csv")
        assert files.modified(f"{TOP}/a.csv")
        with files.open(f"{TOP}/a.csv") as opened:
            assert opened.read(10) == CONTENT[:10]
            opened.seek(-10, 2)
            assert opened.read() == CONTENT[-10:]
    assert counts == {"open": 1, "info": 1}


def test_a_file_that_was_closed_for_others_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "OPEN_FILES", 1)
    files = ReadOnlyFileSystem({"lake": Connection("local", {"path": str(tmp_path)})})
    for name in "ab":
        (tmp_path / name).write_text(name * 3_000_000)
    first, second = files.open(f"{TOP}/a"), files.open(f"{TOP}/b")
    for _ in range(3):
        assert first.read(1_000_000) == b"a" * 1_000_000
        assert second.read(1_000_000) == b"b" * 1_000_000


def test_a_file_that_has_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_only, "KNOWN_S", 0.0)
    files = ReadOnlyFileSystem({"lake": Connection("local", {"path": str(tmp_path)})})
    for text in ("before", "after it"):
        (tmp_path / "a.txt").write_text(text)
        assert files.open(f"{TOP}/a.txt").read() == text.encode()
