# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Code is kept once, whole, within bounds, and comes back as it was."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_ml.errors import InvalidInputError, NotFoundError, TooLargeError
from jupyter_ml.storage import snapshots
from jupyter_ml.storage.snapshot_contents import Contents, Entry, readable


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(os.fsencode(name))


def take(source: Path, store: Path, *, max_bytes: int = 10**6, max_files: int = 100) -> str:
    return snapshots.take(source, store, max_bytes=max_bytes, max_files=max_files).digest


def content(folder: Path) -> dict[str, str | bytes | None]:
    """The content of a directory: text of files, targets of links, None for folders."""
    return {
        str(path.relative_to(folder)): f"-> {path.readlink()}"
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in folder.rglob("*")
    }


def kept(source: Path, store: Path) -> set[str]:
    folder = snapshots.path(store, take(source, store))
    return {name for name, value in content(folder).items() if value is not None}


def test_what_is_taken_comes_back(source: Path, store: Path, tmp_path: Path) -> None:
    write(source, "a.py", "package/deep/b.py", "run.sh")
    (source / "run.sh").chmod(0o755)
    (source / "empty").mkdir()
    (source / "link").symlink_to("package/deep/b.py")
    digest = take(source, store)
    snapshots.restore(store, digest, tmp_path / "copy")
    assert content(tmp_path / "copy") == content(source)
    assert os.access(tmp_path / "copy" / "run.sh", os.X_OK)
    assert not os.access(tmp_path / "copy" / "a.py", os.X_OK)
    assert store.stat().st_mode & 0o777 == 0o700


def test_changes_to_a_copy_stay_there(source: Path, store: Path, tmp_path: Path) -> None:
    write(source, "a.py")
    digest = take(source, store)
    snapshots.restore(store, digest, tmp_path / "copy")
    (tmp_path / "copy" / "a.py").write_text("changed")
    snapshots.restore(store, digest, tmp_path / "second")
    assert (tmp_path / "second" / "a.py").read_text() == "a.py"


def test_the_hash_is_of_the_content_alone(source: Path, store: Path, tmp_path: Path) -> None:
    write(source, "b.py", "a.py")
    (source / "link").symlink_to(source / "a.py")
    digest = take(source, store)
    shutil.copytree(source, tmp_path / "elsewhere", symlinks=True)
    (tmp_path / "elsewhere" / "link").unlink()
    (tmp_path / "elsewhere" / "link").symlink_to("a.py")
    os.utime(tmp_path / "elsewhere" / "a.py", (0, 0))
    (tmp_path / "elsewhere" / "a.py").chmod(0o600)
    assert take(tmp_path / "elsewhere", store) == digest
    # a value from another machine: it must never change
    (source / "link").unlink()
    assert take(source, store) == "08af525a75338b0e4d94e17aaa553712258481a1b1ed8cc8d6071b2a2bded99b"


@pytest.mark.parametrize(
    "change",
    [
        lambda source: (source / "a.py").write_text("other"),
        lambda source: (source / "a.py").rename(source / "c.py"),
        lambda source: (source / "a.py").chmod(0o755),
        lambda source: (source / "folder").mkdir(),
        lambda source: (source / "link").symlink_to("a.py"),
    ],
)
def test_every_change_changes_the_hash(source: Path, store: Path, change: object) -> None:
    write(source, "a.py", "b.py")
    digest = take(source, store)
    assert callable(change)
    change(source)
    assert take(source, store) != digest


def test_a_snapshot_that_is_there_is_not_copied_again(source: Path, store: Path) -> None:
    write(source, "a.py")
    folder = snapshots.path(store, take(source, store))
    before = (folder / "a.py").stat().st_ino
    take(source, store)
    assert (folder / "a.py").stat().st_ino == before
    assert [item.name for item in store.iterdir()] == [folder.name]


def test_many_at_once(source: Path, store: Path) -> None:
    write(source, *(f"{number}.py" for number in range(50)))
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: take(source, store), range(16)))
    assert [item.name for item in store.iterdir()] == [*digests]


def test_what_no_code_needs_is_left_out(source: Path, store: Path) -> None:
    write(source, "a.py", ".git/HEAD", "sub/__pycache__/x", "x.pyc", "node_modules/y", "env/pyvenv.cfg", "env/lib/z")
    write(source, ".jupyter-ml/workspace.db", "mlruns/0", ".DS_Store", ".ipynb_checkpoints/n", ".mypy_cache/m")
    assert kept(source, store) == {"a.py"}


def test_gitignore_with_folders_negation_and_nesting(source: Path, store: Path) -> None:
    (source / "inner").mkdir()
    (source / ".gitignore").write_text("*.csv\n/data/\n!keep.csv\n# comment\n")
    (source / "inner" / ".gitignore").write_text("!inner.csv\n/local.py\n")
    write(source, "a.py", "x.csv", "keep.csv", "data/d", "inner/data/d", "inner/x.csv", "inner/inner.csv")
    write(source, "inner/local.py", "local.py", "inner/deep/local.py")
    expected = {"a.py", "keep.csv", "inner/data/d", "inner/inner.csv", "local.py", "inner/deep/local.py"}
    assert kept(source, store) == expected | {".gitignore", "inner/.gitignore"}


def test_amlignore_counts_instead_of_gitignore(source: Path, store: Path) -> None:
    (source / ".gitignore").write_text("a.py\n")
    (source / ".amlignore").write_text("b.py\n")
    write(source, "a.py", "b.py")
    assert kept(source, store) == {"a.py", ".gitignore", ".amlignore"}


def test_too_many_bytes_names_the_largest(source: Path, store: Path) -> None:
    for number in range(7):
        with (source / f"{number}.bin").open("wb") as file:
            file.truncate(number * 10**9)  # sparse: reading it would take minutes
    with pytest.raises(TooLargeError) as caught:
        take(source, store)
    message = str(caught.value)
    assert "21 GB in 7 files" in message
    assert "6.bin (6 GB), 5.bin (5 GB), 4.bin (4 GB), 3.bin (3 GB), 2.bin (2 GB)." in message
    for way_out in (".amlignore", "input", "snapshots.max_bytes", "--no-code"):
        assert way_out in message
    assert not store.exists()


def test_too_many_files_ends_the_walk(source: Path, store: Path) -> None:
    write(source, *(f"{number}.txt" for number in range(12)))
    with pytest.raises(TooLargeError, match=r"at least \d+ bytes in 11 files; .* in 10 files"):
        take(source, store, max_files=10)


def test_too_many_ignored_files_end_the_walk(source: Path, store: Path) -> None:
    (source / ".gitignore").write_text("*.txt\n")
    write(source, *(f"{number}.txt" for number in range(60)))
    with pytest.raises(TooLargeError, match="more than 41 files and folders to look at"):
        take(source, store, max_files=2)


@pytest.mark.parametrize("target", ["../outside", "/etc/passwd", "folder/../../outside"])
def test_a_link_out_of_the_source_is_refused(source: Path, store: Path, target: str) -> None:
    (source / "folder").mkdir()
    (source / "link").symlink_to(target)
    with pytest.raises(InvalidInputError, match="link is a link that leads out of the code, to "):
        take(source, store)
    (source / ".amlignore").write_text("link\n")
    take(source, store)


def test_links_inside_stay_inside_the_copy(source: Path, store: Path) -> None:
    write(source, "folder/a.py")
    (source / "folder" / "absolute").symlink_to(source / "folder" / "a.py")
    (source / "dangling").symlink_to("nothing")
    (source / "loop").symlink_to("loop")
    found = content(snapshots.path(store, take(source, store)))
    assert found["folder/absolute"] == "-> a.py"
    assert found["dangling"] == "-> nothing"
    assert found["loop"] == "-> loop"


def test_special_files_are_skipped(source: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(source, "a.py")
    os.mkfifo(source / "pipe")
    monkeypatch.chdir(source)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket")
        assert kept(source, store) == {"a.py"}


def test_a_file_that_vanishes_is_named(source: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(source, "a.py")

    def walk(*arguments: object, **limits: object) -> Contents:
        return Contents([Entry("gone.py", "file", 1)], [])

    monkeypatch.setattr(snapshots, "walk", walk)
    with pytest.raises(InvalidInputError, match=r"gone\.py cannot be read"):
        take(source, store)


def test_a_name_that_is_not_utf_8(source: Path, store: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (source / ".gitignore").write_text("*.csv\n")
    write(source, name)
    snapshots.restore(store, take(source, store), tmp_path / "copy")
    assert (tmp_path / "copy" / name).read_bytes() == os.fsencode(name)


def test_a_source_that_is_not_a_directory(source: Path, store: Path) -> None:
    with pytest.raises(InvalidInputError, match="is not a directory"):
        take(source / "missing", store)


@pytest.mark.parametrize("digest", ["..", "0" * 64, ""])
def test_a_snapshot_that_is_not_there(store: Path, tmp_path: Path, digest: str) -> None:
    with pytest.raises(NotFoundError, match="no snapshot"):
        snapshots.restore(store, digest, tmp_path / "copy")


def test_remove_unused_spares_the_kept_and_the_new(source: Path, store: Path) -> None:
    digests = []
    for text in ("kept", "old", "new"):
        (source / "a.py").write_text(text)
        digests.append(take(source, store))
    for digest in digests[:2]:
        os.utime(store / digest, (0, 0))
    snapshots.remove_unused(store, {digests[0]})
    assert {item.name for item in store.iterdir()} == {digests[0], digests[2]}
    os.utime(store / digests[2], (0, 0))
    assert take(source, store) == digests[2]  # taken again, it counts as new
    snapshots.remove_unused(store, set())
    assert {item.name for item in store.iterdir()} == {digests[2]}


def test_a_snapshot_that_is_renewed_while_it_is_being_removed_stays(source, store, monkeypatch) -> None:
    digest, rename = take(source, store), Path.rename
    os.utime(store / digest, (0, 0))

    def renew_first(path: Path, target: Path) -> Path:
        if path.name == digest:
            snapshots.renew(store, digest)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renew_first)
    snapshots.remove_unused(store, set())
    assert [item.name for item in store.iterdir()] == [digest]


def test_a_snapshot_that_is_removed_while_it_is_taken_again_is_stored_again(source, store, monkeypatch) -> None:
    digest, renew = take(source, store), snapshots.renew

    def remove_first(store: Path, digest: str) -> str:
        os.utime(store / digest, (0, 0))
        snapshots.remove_unused(store, set())
        return renew(store, digest)

    monkeypatch.setattr(snapshots, "renew", remove_first)
    assert take(source, store) == digest
    assert content(store / digest) == content(source)


def test_a_snapshot_that_another_process_completes_meanwhile_is_left_alone(store: Path) -> None:
    store.mkdir()
    (store / ".unfinished-1").symlink_to("renamed")  # listed, and not there any more
    (store / ("0" * 64)).mkdir()
    os.utime(store / ("0" * 64), (0, 0))
    snapshots.remove_unused(store, set())
    assert [item.name for item in store.iterdir()] == [".unfinished-1"]


_names = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..") and not name.endswith(".pyc")
)


@settings(max_examples=40)
@given(st.dictionaries(_names, st.binary(max_size=200), max_size=8))
def test_any_content_comes_back(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        source.mkdir()
        for name, data in files.items():
            (source / name).write_bytes(data)
        digest = take(source, Path(folder, "store"))
        snapshots.restore(Path(folder, "store"), digest, Path(folder, "copy"))
        assert content(Path(folder, "copy")) == content(source)
        assert take(Path(folder, "copy"), Path(folder, "store")) == digest


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (3_000_000, "3 MB"), (1_500, "1.5 kB")]
)
def test_sizes_have_a_suitable_unit(size, text):
    assert readable(size) == text
