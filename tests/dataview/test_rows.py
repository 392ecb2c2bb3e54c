# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A page of rows has what the file has there, and shows what is not certain."""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import pytest

from jupyter_ml.dataview.counts import can_be_indexed
from jupyter_ml.dataview.lines import LineIndex
from jupyter_ml.dataview.rows import COMPRESSED_ROWS, Page, read_rows
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.dataview.tables import Table
    from jupyter_ml.schemas.data_view import DataRows
    from tests.dataview.conftest import Opener

packed = partial(gzip.compress, mtime=0)


def rows_of(table: Table, folder: Path, offset: int = 0, limit: int = 3, *, indexed: bool = False) -> DataRows:
    index = LineIndex(table.file, quoted=table.dialect.get("quote") == '"') if indexed else None
    if index is not None:
        index.run()
    return read_rows(table, Page(offset, limit), index, folder)


@pytest.mark.parametrize(
    ("name", "content", "names", "rows"),
    [
        ("a.csv", b"a,b\n1,x\n2,y\n", ["a", "b"], [[1, "x"], [2, "y"]]),
        ("a.csv", b"1,2\n3,4\n", ["column0", "column1"], [[1, 2], [3, 4]]),
        ("a.csv", b"a;b\n1;2\n", ["a", "b"], [[1, 2]]),
        ("a.csv", "a,b\n1,€\n2,é\n".encode("cp1252"), ["a", "b"], [[1, "€"], [2, "é"]]),
        ("a.csv", "a,b\n1,é\n".encode("utf-16"), ["a", "b"], [[1, "é"]]),
        ("a.csv", b"\xfe\xff" + "a,b\n1,é\n".encode("utf-16-be"), ["a", "b"], [[1, "é"]]),
        ("a.csv", "a,b\n1,é\n".encode("utf-32"), ["a", "b"], [[1, "é"]]),
        ("a.jsonl", '{"a": "é"}\n'.encode("utf-16"), ["a"], [["é"]]),
        ("a.csv", "\ufeffa,b\n1,é\n".encode(), ["a", "b"], [[1, "é"]]),
        ("a.csv.gz", packed(b"a,b\n1,2\n"), ["a", "b"], [[1, 2]]),
        ("a.csv", b"a,a,c d\n1,2,3\n", ["a", "a_1", "c d"], [[1, 2, 3]]),
        ("a.csv", b"name\nfoo\nbar\n", ["name"], [["foo"], ["bar"]]),
        ("a.jsonl", b'{"a": 1, "b": {"c": [1]}}\n{"a": 2}\n', ["a", "b"], [[1, '{"c": [1]}'], [2, None]]),
        ("a.json", b'[{"a": 1}, {"a": 2}]', ["a"], [[1], [2]]),
        ("a.csv", b"a\n" + b"9" * 50 + b"\n", ["a"], [["9" * 50]]),
        ("a.csv", b"id,at\n9007199254740993,2020-01-02\n", ["id", "at"], [["9007199254740993", "2020-01-02"]]),
    ],
)
def test_first_rows(
    opened: Opener, temporary: Path, *, name: str, content: bytes, names: list[str], rows: list[list[object]]
) -> None:
    page = rows_of(opened(name, content), temporary)
    assert [column.name for column in page.columns] == names
    assert page.rows == rows
    assert page.total == len(rows)
    encoding = page.format.encoding
    assert page.format.notes == ([] if encoding == "utf-8" else [f"The text is not UTF-8: it is read as {encoding}."])


def test_missing_fields_are_empty_with_a_note(opened: Opener, temporary: Path) -> None:
    table = opened("a.csv", b"a,b,c\n1,2,3\n4,5\n6,7,8\n")
    page = rows_of(table, temporary)
    assert [column.name for column in page.columns] == ["a", "b", "c"]
    assert [[str(each) if each is not None else None for each in row] for row in page.rows] == [
        ["1", "2", "3"],
        ["4", "5", None],
        ["6", "7", "8"],
    ]
    assert page.format.notes == ["Line 3 has 2 fields instead of 3: missing fields are empty."]


def test_no_line_of_a_ragged_table_is_left_out(opened: Opener, temporary: Path) -> None:
    table = opened("a.csv", b"a,b,c\n1,2,3\n4\n5,6,7,8\n")
    assert [column.name for column in table.columns] == ["a", "b", "c", "column3"]
    found = [list(row) for row in read_rows(table, Page(0, 9), None, temporary).rows]
    assert found == [[1, 2, 3, None], [4, None, None, None], [5, 6, 7, 8]]
    assert table.format.notes == ["Line 3 has 1 fields instead of 3: missing fields are empty."]


@pytest.mark.parametrize("title", ["Report", "Report, printed in 2026"])
def test_lines_that_are_left_out_are_noted(opened: Opener, temporary: Path, title: str) -> None:
    table = opened("a.csv", f"{title}\n\na,b,c,d\n1,2,3,4\n5,6,7,8\n".encode())
    assert [column.name for column in table.columns] == ["a", "b", "c", "d"]
    assert [list(row) for row in read_rows(table, Page(0, 9), None, temporary).rows] == [[1, 2, 3, 4], [5, 6, 7, 8]]
    note = "The first 2 lines are left out: the following ones have another number of fields."
    assert table.format.notes == [note]


def test_any_page_of_an_indexed_file(opened: Opener, temporary: Path) -> None:
    text = "n,text\n" + "".join(f'{number},"line\n{number}"\n' for number in range(50_000))
    table = opened("a.csv", text.encode())
    assert can_be_indexed(table)
    page = rows_of(table, temporary, 49_998, 5, indexed=True)
    assert page.rows == [[49_998, "line\n49998"], [49_999, "line\n49999"]]
    assert page.total == 50_000
    assert rows_of(table, temporary, 50_000, 5, indexed=True).rows == []


def test_a_value_of_another_type_is_text_in_its_page(opened: Opener, temporary: Path) -> None:
    lines = [f"{number},{number}" for number in range(30_000)] + ["x,1"]
    table = opened("a.csv", ("a,b\n" + "\n".join(lines)).encode())
    assert rows_of(table, temporary, 0, 1, indexed=True).rows == [[0, 0]]
    assert rows_of(table, temporary, 29_999, 5, indexed=True).rows == [["29999", 29_999], ["x", 1]]


def test_pages_of_parquet(opened: Opener, temporary: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.parquet"
    duckdb.execute(f"COPY (SELECT range AS n, 'x' AS file FROM range(300000)) TO '{source}'")
    table = opened("a.parquet", source.read_bytes())
    assert rows_of(table, temporary, 299_998, 5).rows == [[299_998, "x"], [299_999, "x"]]
    assert rows_of(table, temporary, 0, 1).total == 300_000


def test_a_compressed_file_ends_at_a_limit(opened: Opener, temporary: Path) -> None:
    text = "n\n" + "".join(f"{number}\n" for number in range(COMPRESSED_ROWS + 50))
    table = opened("a.csv.gz", packed(text.encode()))
    page = rows_of(table, temporary, COMPRESSED_ROWS - 1, 100)
    assert page.rows == [[COMPRESSED_ROWS - 1]]
    assert (page.total, page.last) == (None, COMPRESSED_ROWS)


def test_a_long_value_is_shortened(opened: Opener, temporary: Path) -> None:
    page = rows_of(opened("a.csv", b"a,b\n1," + b"x" * 9_000 + b"\n"), temporary)
    assert page.rows[0][1] == "x" * 499 + "…"


def test_an_error_has_the_place(opened: Opener) -> None:
    with pytest.raises(InvalidInputError, match=r"a\.jsonl cannot be read: .*Malformed JSON.*byte 7 in line"):
        opened("a.jsonl", b'{"a":1}\n{"a":2}\n{"a":\n')


def test_other_files_cannot_be_read(opened: Opener, tmp_path: Path) -> None:
    table = opened("a.csv", b"a\n1\n")
    (tmp_path / "secret.csv").write_text("b\n2\n")
    with pytest.raises(InvalidInputError, match="disabled by configuration"):
        table.query(f"FROM read_csv('{tmp_path / 'secret.csv'}')")
    with pytest.raises(InvalidInputError, match="locked"):
        table.query("SET enable_external_access = true")
