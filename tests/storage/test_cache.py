# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Downloaded data is shared by processes, bounded, and survives the kill of any of them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.storage.cache import DownloadCache
from tests.workspaces import until

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import pathlib, sys, time
from jupyter_ml.storage.cache import DownloadCache
folder, started, hang = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3] == "hang"
def download(target):
    with started.open("a") as file:
        file.write("x")
    (target / "first").write_text("1")
    while hang:
        time.sleep(1)
    (target / "second").write_text("2")
with DownloadCache(folder, 1000).entry("key", "somewhere", 2, download) as (data, lock, found):
    print(sorted(path.read_text() for path in data.iterdir()), found)
"""


def start(folder: Path, *, hang: bool = False) -> subprocess.Popen[str]:
    arguments = [str(folder / "cache"), str(folder / "started"), "hang" if hang else ""]
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, text=True)


def fill(cache: DownloadCache, key: str, size: int = 400) -> None:
    with cache.entry(key, key, size, lambda target: (target / "a").write_bytes(b"x" * size)):
        pass


@pytest.mark.integration
def test_eight_processes_download_once_also_after_one_is_killed(tmp_path):
    killed = start(tmp_path, hang=True)
    until((tmp_path / "cache" / "key" / "data" / "first").exists)
    [entry] = DownloadCache(tmp_path / "cache", 1000).entries()
    assert (entry.complete, entry.in_use, entry.bytes) == (False, True, 2)
    assert DownloadCache(tmp_path / "cache", 1000).prune() == []
    killed.kill()
    killed.communicate()
    outputs = [process.communicate()[0] for process in [start(tmp_path) for _ in range(8)]]
    assert sorted(outputs) == ["['1', '2'] False\n", *["['1', '2'] True\n"] * 7]
    assert (tmp_path / "started").read_text() == "xx"


def test_the_entries_that_were_used_least_recently_make_space(tmp_path):
    cache = DownloadCache(tmp_path, 1000)
    fill(cache, "a")
    fill(cache, "b")
    fill(cache, "a")
    fill(cache, "c")
    assert [each.key for each in cache.entries()] == ["c", "a"]
    with pytest.raises(InvalidInputError, match="has 1,001 bytes, and the cache of downloaded data has 1,000"):
        fill(cache, "d", 1001)
    assert {each.key for each in cache.prune()} == {"a", "c"}
    assert cache.entries() == []


def test_an_entry_in_use_stays(tmp_path):
    cache = DownloadCache(tmp_path, 1000)
    fill(cache, "a")
    with cache.entry("a", "a", 400, lambda _: None) as (data, _, found):
        assert found
        fill(cache, "b")
        fill(cache, "c")
        assert {each.key: each.in_use for each in cache.entries()} == {"a": True, "c": False}
        assert [each.key for each in cache.prune()] == ["c"]
        assert (data / "a").read_bytes() == b"x" * 400


def test_what_a_program_has_changed_is_downloaded_again(tmp_path):
    cache = DownloadCache(tmp_path, 1000)
    fill(cache, "a", 5)
    file = tmp_path / "a" / "data" / "a"
    assert file.stat().st_mode & 0o777 == 0o444
    with cache.entry("a", "a", 5, lambda _: None) as (used, _, _):
        file.chmod(0o644)
        file.write_bytes(b"y" * 6)
        with cache.entry("a", "a", 5, lambda target: (target / "a").write_bytes(b"z" * 5)) as (data, _, found):
            assert (found, (data / "a").read_bytes()) == (False, b"z" * 5)
            assert data != used
