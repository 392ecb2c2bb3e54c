# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A fingerprint changes with the files, and with nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from blake3 import blake3

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.storage import fingerprints
from jupyter_ml.storage.fingerprints import fingerprint, version_key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.csv", "sub/b.csv", "sub/deeper/ü $.csv"):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_text(name)
    return tmp_path / "data"


def test_a_file_by_its_content(folder: Path) -> None:
    found = fingerprint(folder / "a.csv")
    assert (found.files, found.bytes, found.content) == (1, 5, blake3(b"a.csv").hexdigest())
    os.utime(folder / "a.csv", ns=(1, 1))
    touched = fingerprint(folder / "a.csv")
    assert (touched.content, touched.listing == found.listing) == (found.content, False)


def test_a_large_file_by_its_size_and_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "MAX_CONTENT_BYTES", 4)
    assert fingerprint(folder / "a.csv").content is None


def test_a_directory_by_all_files_below(folder: Path) -> None:
    before = fingerprint(folder)
    assert (before.files, before.content) == (3, None)
    assert fingerprint(folder) == before
    (folder / "empty").mkdir()
    assert fingerprint(folder) == before
    (folder / "sub" / "b.csv").rename(folder / "sub" / "c.csv")
    assert fingerprint(folder).listing != before.listing
    (folder / "sub" / "c.csv").unlink()
    assert fingerprint(folder).files == 2


def test_a_link_to_a_directory_is_not_followed(folder: Path) -> None:
    (folder / "sub" / "round").symlink_to(folder)
    assert fingerprint(folder).files == 3


def test_files_that_are_removed_meanwhile_are_left_out(folder: Path) -> None:
    (folder / "b.csv").write_text("b")
    found = fingerprints._files(folder)
    first, _ = next(found)
    (folder / ({"a.csv", "b.csv"} - {first}).pop()).unlink()
    (folder / "sub" / "b.csv").unlink()
    (folder / "sub" / "deeper").rename(folder.parent / "deeper")
    (folder / "sub").rmdir()
    assert list(found) == []
    folder.rename(folder.parent / "away")
    with pytest.raises(NotFoundError, match="does not exist"):
        fingerprint(folder)


def test_what_cannot_be_fingerprinted(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="none does not exist"):
        fingerprint(tmp_path / "none")
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(InvalidInputError, match="neither a file nor a directory"):
        fingerprint(tmp_path / "fifo")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        fingerprint(tmp_path / ("x" * 300))


def test_a_key_for_each_version_of_a_file(folder: Path) -> None:
    key = version_key(folder / "a.csv")
    assert version_key(folder / "a.csv") == key
    os.utime(folder / "a.csv", ns=(1, 1))
    assert version_key(folder / "a.csv") != key
    assert version_key(folder / "none") == version_key(folder / "none") != key
