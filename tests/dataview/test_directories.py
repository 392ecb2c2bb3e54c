# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A directory is one table if its files are alike, else the list of its files; nothing is left out without a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from jupyter_ml.dataview import files, opening
from jupyter_ml.dataview.files import find_files
from jupyter_ml.dataview.listings import Listing
from jupyter_ml.dataview.opening import open_files
from jupyter_ml.dataview.profiles import profile
from jupyter_ml.dataview.rows import Page, read_rows
from jupyter_ml.dataview.tables import Table
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.dataview.texts import Text

    Opener = Callable[[dict[str, bytes]], Table | Text | Listing]


@pytest.fixture
def folder(tmp_path: Path, temporary: Path) -> Iterator[Opener]:
    """Return a function that writes files into a directory and opens that."""
    opened = []

    def opener(contents: dict[str, bytes]) -> Table | Text | Listing:
        top = tmp_path / "folder"
        top.mkdir(exist_ok=True)
        for name, content in contents.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_bytes(content)
        opened.append(open_files(find_files(str(top)), temporary))
        return opened[-1]

    yield opener
    for each in opened:
        if isinstance(each, Table):
            each.connection.close()


def rows(table: Table | Text | Listing, temporary: Path, offset: int = 0, limit: int = 100) -> list[list[object]]:
    assert isinstance(table, Table)
    return [list(row) for row in read_rows(table, Page(offset, limit), None, temporary).rows]


def parquet(tmp_path: Path, select: str) -> bytes:
    duckdb.execute(f"COPY ({select}) TO '{tmp_path / 'made.parquet'}' (FORMAT parquet)")
    return (tmp_path / "made.parquet").read_bytes()


def test_partitioned_csv_files(folder: Opener, temporary: Path) -> None:
    table = folder({"year=2025/a.csv": b"a,b\n1,x\n", "year=2026/a.csv": b"a,b\n2,y\n3,z\n", "_SUCCESS": b""})
    assert [column.name for column in table.columns] == ["a", "b", "year"]
    assert rows(table, temporary) == [[1, "x", "2025"], [2, "y", "2026"], [3, "z", "2026"]]
    assert rows(table, temporary, 2, 5) == [[3, "z", "2026"]]
    assert isinstance(table, Table)
    *_, last = profile(table)
    assert (last.rows, last.columns[2].distinct, table.format.files) == (3, 2, 2)


def test_pages_of_several_parquet_files(folder: Opener, temporary: Path, tmp_path: Path) -> None:
    first, second = (parquet(tmp_path, f"SELECT range AS n FROM range({start}, {start + 300})") for start in (0, 300))
    more = parquet(tmp_path, "SELECT 600 AS n, 'new' AS extra")
    table = folder({"p=1/a.parquet": first, "p=1/b.parquet": second, "p=2/a.parquet": more})
    assert [column.name for column in table.columns] == ["n", "extra", "p"]
    assert rows(table, temporary, 298, 4) == [[number, None, "1"] for number in range(298, 302)]
    assert rows(table, temporary, 599, 10) == [[599, None, "1"], [600, "new", "2"]]
    assert isinstance(table, Table)
    assert read_rows(table, Page(0, 1), None, temporary).total == 601


def test_json_lines_files(folder: Opener, temporary: Path) -> None:
    table = folder({"a.jsonl": b'{"a": 1}\n', "b.jsonl": b'{"a": 2}\n'})
    assert rows(table, temporary) == [[1], [2]]


def test_files_with_other_columns_are_not_one_table(folder: Opener) -> None:
    with pytest.raises(InvalidInputError, match=r"b\.csv has other columns than a\.csv, so .*folder is not one table"):
        folder({"a.csv": b"a,b\n1,2\n", "b.csv": b"b,a\n1,2\n"})


def test_a_value_of_another_type_in_a_later_file(folder: Opener, temporary: Path) -> None:
    table = folder({"a.csv": b"a\n1\n", "b.csv": b"a\nx\n"})
    assert rows(table, temporary) == [["1"], ["x"]]
    assert isinstance(table, Table)
    *_, last = profile(table)
    assert (last.rows, last.columns[0].not_numbers, last.columns[0].top[0].value) == (2, 1, "1")


def test_a_name_of_a_directory_that_is_a_column_too(folder: Opener, temporary: Path) -> None:
    table = folder({"a=9/x.csv": b"a,b\n1,2\n", "a=8/x.csv": b"a,b\n3,4\n"})
    assert rows(table, temporary) == [[3, 4], [1, 2]]


def test_the_directories_above_a_file_are_not_columns(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "year=2026").mkdir()
    for name, content in {
        "a.csv": b"a\n1\n",
        "a.jsonl": b'{"a": 1}\n',
        "a.parquet": parquet(tmp_path, "SELECT 1 AS a"),
    }.items():
        (tmp_path / "year=2026" / name).write_bytes(content)
        table = open_files(find_files(str(tmp_path / "year=2026" / name)), temporary)
        assert rows(table, temporary) == [[1]]
        assert len(table.columns) == 1


def test_files_of_several_kinds_are_listed(folder: Opener) -> None:
    listing = folder({"a.csv": b"a\n1\n", "sub/b.txt": b"hello", ".hidden": b"x"})
    assert isinstance(listing, Listing)
    assert listing.rows(0, 10) == [["a.csv", 4], ["sub/b.txt", 5]]
    assert listing.format.notes == ["The files are not one table: open one of them."]
    with pytest.raises(InvalidInputError, match="not a directory of images"):
        listing.thumbnails(0, 1)


def test_an_empty_directory_and_one_with_too_many_files(folder: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match="is an empty directory"):
        folder({})
    monkeypatch.setattr(opening, "MAX_TEXT_FILES", 1)
    with pytest.raises(InvalidInputError, match="2 text files, and 1 can be one table"):
        folder({"a.csv": b"a\n", "b.csv": b"a\n"})
    monkeypatch.setattr(files, "MAX_FILES", 1)
    with pytest.raises(InvalidInputError, match="more than 1 files"):
        folder({})


def test_a_link_in_a_directory_is_not_followed(folder: Opener, tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert rows(folder({"a.csv": b"a,b\n3,4\n"}), temporary) == [[3, 4]]
