# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from jupyter_ml.dataview.listings import Listing
from jupyter_ml.dataview.profiles import profile
from jupyter_ml.dataview.rows import Page, read_rows
from jupyter_ml.dataview.tables import Table
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Opener = Callable[..., Table | Listing]

CSV = "id,name,ok,when\n1,x,yes,03/02/2020\n2,,no,04/02/2020\n3,z,yes,05/02/2020\n"


def rows(table: Table | Listing, temporary: Path, offset: int = 0) -> list[list[object]]:
    assert isinstance(table, Table)
    return [list(row) for row in read_rows(table, Page(offset, 100), None, temporary).rows]


def columns(table: Table | Listing) -> list[str]:
    return [f"{column.name} {column.type}" for column in table.columns]


def test_transformations_in_their_order(mltable: Opener, temporary: Path) -> None:
    table = mltable(
        "- read_delimited:\n    encoding: ascii\n    include_path_column: true\n"
        "- convert_column_types:\n"
        "  - columns: ok\n    column_type: {boolean: {true_values: ['yes'], false_values: ['no']}}\n"
        "  - columns: when\n    column_type: {datetime: {formats: ['%d/%m/%Y']}}\n"
        '- filter: col("id") < 3 or col("name") == "z"\n- skip: 1\n- drop_columns: name\n- take: 5\n',
        {"a.csv": CSV},
    )
    assert columns(table) == ["id BIGINT", "ok BOOLEAN", "when TIMESTAMP", "Path VARCHAR"]
    expected = [[2, False, "2020-02-04 00:00:00", "a.csv"], [3, True, "2020-02-05 00:00:00", "a.csv"]]
    assert rows(table, temporary) == expected
    assert rows(table, temporary, 1) == expected[1:]
    assert isinstance(table, Table)
    *_, last = profile(table)
    assert (last.rows, last.columns[0].minimum, last.columns[3].distinct) == (2, 2, 1)


@pytest.mark.parametrize(
    ("column", "kind", "message"),
    [
        ("name", "int", "MLTable:5: convert_column_types: column 'name': x is not an int"),
        ("when", "datetime", "column 'when': 03/02/2020 is not a time of ISO 8601: give formats"),
        ("when", "{datetime: {formats: ['%Y-%m-%d']}}", "column 'when': 03/02/2020 is not a time of these formats"),
        (
            "ok",
            "{boolean: {true_values: ['yes'], false_values: ['never']}}",
            "column 'ok': no is neither true nor false",
        ),
    ],
)
def test_a_value_that_cannot_be_converted_is_named(
    mltable: Opener, temporary: Path, column: str, kind: str, message: str
) -> None:
    steps = f"- read_delimited\n- convert_column_types:\n  - columns: {column}\n    column_type: {kind}\n"
    table = mltable(steps, {"a.csv": CSV})
    with pytest.raises(InvalidInputError) as caught:
        rows(table, temporary)
    assert message in str(caught.value)


def test_a_number_is_not_rounded(mltable: Opener, temporary: Path) -> None:
    convert = "- read_delimited\n- convert_column_types:\n  - columns: a\n    column_type: int\n"
    assert rows(mltable(convert, {"a.csv": "a\n1.0\n\n7\n"}), temporary) == [[1], [None], [7]]
    with pytest.raises(InvalidInputError, match=r"column 'a': 1\.6 is not an int"):
        rows(mltable(convert, {"a.csv": "a\n1.6\n2\n"}), temporary)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("keep_columns: nam", "MLTable:5: keep_columns: there is no column 'nam' (did you mean 'name'?)"),
        ("drop_columns: x1", "MLTable:5: drop_columns: there is no column 'x1'; the columns are id, name, ok, when"),
        ("drop_columns: [id, name, ok, when]", "MLTable:5: drop_columns: no column is left"),
        ('filter: col("a\'b") > 1', 'MLTable:5: filter: there is no column "a\'b"'),
        ('filter: col("name") > 1', "the column 'name' of the type VARCHAR cannot be compared with 1"),
        ('filter: col("id") == "1"', "the column 'id' of the type BIGINT cannot be compared with '1'"),
        ('filter: col("id") > None', "None can be compared by == and != only"),
        ("extract_columns_from_partition_format: /data.csv", "has no columns"),
        ("extract_columns_from_partition_format: '/{id}/a.csv'", "there is a column 'id' already"),
        ("extract_columns_from_partition_format: '/{x:abc}/a.csv'", "'abc' is no format of a time"),
    ],
)
def test_transformations_that_do_not_fit(mltable: Opener, step: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        mltable(f"- read_delimited\n- {step}", {"a.csv": CSV})
    assert message in str(caught.value)


def test_sql_in_names_and_values_is_text(mltable: Opener, temporary: Path) -> None:
    hostile = "a'); DROP TABLE x; --"
    table = mltable(
        f'- read_delimited\n- filter: col("{hostile}") != "\'; SELECT 1; --"\n- keep_columns: ["{hostile}"]',
        {"it's.csv": f'"{hostile}",b\nx,1\n'},
    )
    assert (columns(table), rows(table, temporary)) == ([f"{hostile} VARCHAR"], [["x"]])


@pytest.mark.parametrize(
    ("header", "names", "expected"),
    [
        ("no_header", ["Column1", "Column2"], [["a", "b"], ["1", "x"], ["a", "b"], ["2", "y"]]),
        ("all_files_same_headers", ["a", "b"], [[1, "x"], [2, "y"]]),
    ],
)
def test_headers(mltable: Opener, temporary: Path, header: str, names: list[str], expected: list[list[object]]) -> None:
    table = mltable(f"- read_delimited:\n    header: {header}", {"1.csv": "a,b\n1,x\n", "2.csv": "a,b\n2,y\n"})
    assert [column.name for column in table.columns] == names
    assert rows(table, temporary) == expected


def test_a_header_in_the_first_file_only(mltable: Opener, temporary: Path) -> None:
    table = mltable("- read_delimited:\n    header: from_first_file", {"1.csv": "a,b\n1,x\n", "2.csv": "2,y\n3,z\n"})
    assert rows(table, temporary) == [[1, "x"], [2, "y"], [3, "z"]]


def test_other_columns_in_each_file(mltable: Opener, temporary: Path) -> None:
    files = {"1.csv": "a,b\n1,x\n", "2.csv": "b,c\ny,2.5\n"}
    table = mltable("- read_delimited:\n    header: all_files_different_headers", files)
    assert rows(table, temporary) == [[1, "x", None], [None, "y", 2.5]]
    with pytest.raises(InvalidInputError, match=r"2\.csv has other columns than 1\.csv"):
        mltable("- read_delimited", files)


def test_empty_fields(mltable: Opener, temporary: Path) -> None:
    files = {"a.csv": "a,b\n1,\n,x\n"}
    assert rows(mltable("- read_delimited", files), temporary) == [[1, None], [None, "x"]]
    as_text = mltable("- read_delimited:\n    empty_as_string: true", files)
    assert rows(as_text, temporary) == [[1, ""], [None, "x"]]


def test_types_are_inferred_or_given(mltable: Opener) -> None:
    files = {"a.csv": "a,b\n1,2\n3,4\n"}
    assert columns(mltable("- read_delimited", files)) == ["a BIGINT", "b BIGINT"]
    assert columns(mltable("- read_delimited:\n    infer_column_types: false", files)) == ["a VARCHAR", "b VARCHAR"]
    given = "- read_delimited:\n    infer_column_types: {sample_size: 1, column_type_overrides: {b: float}}"
    assert columns(mltable(given, files)) == ["a BIGINT", "b DOUBLE"]


def test_a_value_of_another_type_is_shown(mltable: Opener, temporary: Path) -> None:
    lines = "".join(f"{number},x\n" for number in range(30_000)) + "other,y\n"
    table = mltable('- read_delimited\n- filter: col("a") > 29998 or col("b") == "y"', {"a.csv": f"a,b\n{lines}"})
    assert rows(table, temporary) == [["29999", "x"], ["other", "y"]]
    assert isinstance(table, Table)
    *_, last = profile(table)
    assert (last.columns[0].not_numbers, last.columns[0].maximum) == (1, 29_999)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("latin1", "a\ncafé\n".encode("latin-1")),
        ("iso88591", "a\ncafé\n".encode("latin-1")),
        ("windows1252", "a\ncafé\n".encode("cp1252")),
        ("utf16", "a\ncafé\n".encode("utf-16")),
        ("utf32", "a\ncafé\n".encode("utf-32")),
        ("utf8bom", "a\ncafé\n".encode("utf-8-sig")),
        ("utf8", "a\ncafé\n".encode()),
        ("ascii", "a\ncafé\n".encode("cp1252")),
    ],
)
def test_encodings(mltable: Opener, temporary: Path, encoding: str, content: bytes) -> None:
    table = mltable(f"- read_delimited:\n    encoding: {encoding}\n    include_path_column: true", {"a.csv": content})
    assert rows(table, temporary) == [["café", "a.csv"]]
    assert isinstance(table, Table)
    noted = table.notes == ("The text is not UTF-8: it is read as cp1252.",)
    assert noted == (encoding == "ascii")


def test_ragged_lines_and_another_delimiter(mltable: Opener, temporary: Path) -> None:
    ragged = mltable("- read_delimited", {"a.csv": "a,b,c\n1,2,3\n4\n"})
    assert rows(ragged, temporary) == [[1, 2, 3], [4, None, None]]
    assert isinstance(ragged, Table)
    assert ragged.notes == ("Line 3 has 1 fields instead of 3: missing fields are empty.",)
    other = mltable("- read_delimited:\n    delimiter: ';'", {"a.csv": "a,b\n1,2\n"})
    assert isinstance(other, Table)
    assert (columns(other), "',' and not ';'" in other.notes[0]) == (["a,b VARCHAR"], True)
    tabs = mltable("- read_delimited:\n    delimiter: '\\t'", {"a.csv": "a\tb\n1\t2\n"})
    assert rows(tabs, temporary) == [[1, 2]]


def test_json_lines(mltable: Opener, temporary: Path) -> None:
    files = {"a.jsonl": '{"a": 1, "b/": "x"}\n{"a": \n{"a": 3}\n{"a": null}\n'}
    with pytest.raises(InvalidInputError, match="cannot be read"):
        rows(mltable("- read_json_lines", files), temporary)
    table = mltable("- read_json_lines:\n    invalid_lines: drop", files)
    assert rows(table, temporary) == [[1, "x"], [3, None], [None, None]]


def test_parquet_with_partitions(mltable: Opener, folder: Path, temporary: Path) -> None:
    for country, day, number in (("UK", "05", 1), ("US", "06", 2)):
        (folder / f"{country}/2020/01-{day}").mkdir(parents=True)
        path = folder / f"{country}/2020/01-{day}/data.parquet"
        duckdb.execute(f"COPY (SELECT {number} AS n) TO '{path}' (FORMAT parquet)")
    steps = "- read_parquet:\n    include_path_column: true\n    path_column: file\n"
    extract = "- extract_columns_from_partition_format: '/{country}/{day:yyyy/MM-dd}/data.parquet'\n"
    table = mltable(f"{steps}- keep_columns: n\n{extract}", {})
    assert rows(table, temporary) == [[1, "UK", "2020-01-05 00:00:00"], [2, "US", "2020-01-06 00:00:00"]]
    filtered = mltable(f'{steps}{extract}- filter: col("day") > datetime(2020, 1, 5) and col("country") != None', {})
    assert rows(filtered, temporary) == [[2, "US/2020/01-06/data.parquet", "US", "2020-01-06 00:00:00"]]
    other = mltable("- read_parquet\n- extract_columns_from_partition_format: '/{country}/{day:yyyy}/data.parquet'", {})
    with pytest.raises(InvalidInputError, match=r"does not fit the path /UK/2020/01-05/data\.parquet"):
        rows(other, temporary)


def test_a_sample_is_the_same_on_each_page(mltable: Opener, temporary: Path) -> None:
    steps = "- read_delimited\n- take_random_sample:\n    probability: 0.2\n    seed: {}\n"
    files = {"a.csv": "a\n" + "".join(f"{number}\n" for number in range(1_000))}
    first = rows(mltable(steps.format(1), files), temporary)
    assert 10 < len(first) <= 100
    assert rows(mltable(steps.format(1), files), temporary, 10)[: len(first) - 10] == first[10:]
    assert rows(mltable(steps.format(2), files), temporary) != first


def test_without_a_reader_names_decide(mltable: Opener, folder: Path, temporary: Path) -> None:
    assert rows(mltable("- take: 1", {"a.csv": "a;b\n1;2\n3;4\n"}), temporary) == [[1, 2]]
    (folder / "a.csv").unlink()
    listed = mltable("- take: 1", {"a.txt": "x", "b.txt": "y"})
    assert isinstance(listed, Listing)
    assert (listed.kind, listed.rows(0, 9)) == ("files", [["a.txt", 1]])
    with pytest.raises(InvalidInputError, match="MLTable:4: filter: needs columns, and no transformation reads"):
        mltable('- filter: col("a") > 1', {})
    for name in ("a.txt", "b.txt"):
        (folder / name).unlink()
    pictures = mltable("", {"a.png": b"\x89PNG"})
    assert isinstance(pictures, Listing)
    assert pictures.kind == "images"


@pytest.mark.parametrize(
    ("steps", "files", "message"),
    [
        ("- read_parquet", {"a.csv": "a\n1\n"}, "read_parquet: a.csv is text"),
        ("- read_delimited", {"a.csv": "PAR1xxxx"}, "read_delimited: a.csv is a binary file"),
        ("- read_delimited", {"a.csv": ""}, "all files are empty"),
        ("- read_delimited", {"a.csv": "<!doctype html><p>x"}, "a.csv is not a table, but HTML"),
    ],
)
def test_files_of_another_kind(mltable: Opener, steps: str, files: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        mltable(steps, files)
    assert message in str(caught.value)
