# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Below a folder that a program changes, no link is followed and only regular files are opened."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.storage import nofollow

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "of another user"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text(SECRET)
    return folder


@pytest.fixture
def root(tmp_path: Path, outside: Path) -> Path:
    """A directory with an entry of every type."""
    folder = tmp_path / "root"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")
    (folder / "file-link").symlink_to(outside / "secret")
    (folder / "folder-link").symlink_to(outside)
    (folder / "inner-link").symlink_to("b.txt")
    (folder / "broken").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / "socket"))
    server.close()
    return folder


def test_a_walk_stays_below_and_sees_regular_files(root: Path) -> None:
    found = list(nofollow.walk(root))
    assert [each.path for each in found if each.is_file] == ["b.txt", "deep/er/a.txt"]
    assert {each.path for each in found if not each.is_file} == {
        "file-link",
        "folder-link",
        "inner-link",
        "broken",
        "loop",
        "pipe",
        "socket",
    }


@pytest.mark.parametrize("path", ["folder-link", "b.txt", "nothing"])
def test_nothing_is_yielded_from_what_is_not_a_directory(root: Path, path: str) -> None:
    assert list(nofollow.walk(root, path)) == []
    assert not nofollow.is_folder(root, path)


def test_a_folder_that_is_passed_over_is_not_looked_into(root: Path) -> None:
    assert [each.path for each in nofollow.walk(root, skip=lambda path: path == "deep") if each.is_file] == ["b.txt"]


@pytest.mark.integration
def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_500):  # more than descriptors and frames there are
        os.mkdir("d", dir_fd=here)
        above, here = here, os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(above)
    os.close(os.open("leaf", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    [leaf] = nofollow.walk(tmp_path)
    assert leaf.path == "d/" * 1_500 + "leaf"
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # pytest cannot


def test_a_regular_file_is_opened(root: Path) -> None:
    with nofollow.open_file(root, "deep/er/a.txt") as file:
        assert file.read() == b"a"


@pytest.mark.parametrize(
    "path",
    [
        "file-link",
        "inner-link",
        "broken",
        "loop",
        "folder-link/secret",
        "pipe",
        "socket",
        "deep",
        "nothing",
        "",
        ".",
        "..",
        "../outside/secret",
        "deep/../b.txt",
        "/etc/hostname",
        "deep//er/a.txt",
        "b.txt/",
        "b.txt\0",
    ],
)
def test_nothing_else_is_opened(root: Path, path: str) -> None:
    with pytest.raises((OSError, ValueError)):
        nofollow.open_file(root, path)


def test_a_root_that_is_a_link_is_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert list(nofollow.walk(tmp_path / "link")) == []
    with pytest.raises(OSError, match="link"):
        nofollow.open_file(tmp_path / "link", "b.txt")


def test_a_file_replaced_by_a_link_meanwhile_never_shows_a_file_outside(tmp_path: Path, outside: Path) -> None:
    """A program turns a folder into a link and back as fast as it can, while the same path is opened over and over."""
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    (root / "real" / "secret").write_text("own")
    (root / "link").symlink_to(outside)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for name in ("real", "link"):
                (root / name).rename(root / "place")
                (root / "place").rename(root / name)

    swapping = threading.Thread(target=swap)
    swapping.start()
    seen = set()
    try:
        for _ in range(5_000):
            try:
                with nofollow.open_file(root, "place/secret") as file:
                    seen.add(file.read().decode())
            except OSError:
                pass
            seen |= {"listed" for each in nofollow.walk(root, "place") if each.status.st_size == len(SECRET)}
    finally:
        stop.set()
        swapping.join()
    assert seen <= {"own"}


def test_a_file_is_moved_and_linked_below_the_root_only(root: Path, outside: Path) -> None:
    nofollow.move(root, "b.txt", "new/place/b.txt")
    assert (root / "new" / "place" / "b.txt").read_text() == "b"
    nofollow.hard_link(root, "deep/er/a.txt", "inner-link")
    assert (root / "inner-link").read_text() == "a"
    assert not (root / "inner-link").is_symlink()
    for target in ("folder-link/b.txt", "../b.txt"):
        with pytest.raises((OSError, ValueError)):
            nofollow.move(root, "deep/er/a.txt", target)
    assert [path.name for path in outside.iterdir()] == ["secret"]
