# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A file is recognized by its first bytes, and what is not a table is refused with what it is instead."""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.dataview.detection import HEAD_BYTES, detect
from jupyter_ml.dataview.files import find_files, local_file
from jupyter_ml.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

packed = partial(gzip.compress, mtime=0)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "blank lines only"),
        ("empty.csv.gz", packed(b""), "is empty when it is unpacked"),
        ("page.csv", b"\n<!DOCTYPE html><html></html>", "HTML"),
        ("page.csv", "<html></html>".encode("utf-16"), "HTML"),
        ("page.csv", b"<HTML><body>403</body>", "HTML"),
        ("feed.csv", b"<?xml version='1.0'?><a/>", "XML"),
        ("book.csv", b"PK\x03\x04abc", "zip archive"),
        ("image.csv", b"\x89PNG\r\n\x1a\n", "an image"),
        ("noise.csv", b"a,b\n\0\0\0", "neither text"),
        ("false.parquet", b"a,b\n1,2\n", "not a parquet file"),
        ("long.csv", b"a," * (HEAD_BYTES // 2 + 1), "a line of more than 2 MB"),
        ("later.csv", b"a,b\n1,2\n" * 100 + b"a," * HEAD_BYTES, "a line of more than 2 MB"),
        ("quoted.csv", b'a,b\n1,"' + b"a" * HEAD_BYTES, "a line of more than 2 MB"),
        ("long.csv.gz", packed(b"a," * (HEAD_BYTES * 10)), "a line of more than 2 MB"),
        ("broken.csv.gz", packed(b"a,b\n1,2\n" * 99)[:20], "cannot be unpacked"),
        ("broken.csv.gz", b"\x1f\x8b" + b"x" * 40, "cannot be unpacked"),
        ("broken.csv.zst", b"\x28\xb5\x2f\xfd" + b"x" * 40, "cannot be unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_a_table(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError, match=message):
        detect(local_file(tmp_path / name))


def test_a_path_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        find_files(str(tmp_path / "none.csv"))
    with pytest.raises(InvalidInputError, match="neither a file nor a directory"):
        find_files("/dev/null")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        find_files(str(tmp_path / ("x" * 300)))
    with pytest.raises(InvalidInputError, match="null"):
        find_files("a\0b")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"a,b\n1,2\n", ("csv", None, "utf-8")),
        ("a.tsv", b"a\tb\n", ("csv", None, "utf-8")),
        ("a.csv", "a\né\n".encode("cp1252"), ("csv", None, "cp1252")),
        ("a.csv", "a,b\n1,2\n".encode("utf-16"), ("csv", None, "utf-16")),
        ("a.csv", b"\xfe\xff" + "a,b\n1,2\n".encode("utf-16-be"), ("csv", None, "utf-16")),
        ("a.csv", "a,b\n1,2\n".encode("utf-32"), ("csv", None, "utf-32")),
        ("a", '{"a": 1}\n'.encode("utf-16"), ("json_lines", None, "utf-16")),
        ("a.csv", "\ufeffa,b\n".encode(), ("csv", None, "utf-8")),
        ("a.csv.gz", packed(b"a,b\n"), ("csv", "gzip", "utf-8")),
        ("a.jsonl", b'{"a": 1}\n', ("json_lines", None, "utf-8")),
        ("a", b'{"a": 1}\n', ("json_lines", None, "utf-8")),
        ("a", b"a,b\n", ("csv", None, "utf-8")),
        ("a.csv", b"PAR1....", ("parquet", None, None)),
        ("a.feather", b"ARROW1..", ("arrow", None, None)),
        ("a.txt", b"a,b\n", ("csv", None, "utf-8")),
        ("a.log", b"a,b\n", ("text", None, "utf-8")),
        ("a.html", b"<html>", ("text", None, "utf-8")),
    ],
)
def test_formats(tmp_path: Path, name: str, content: bytes, expected: tuple[str | None, ...]) -> None:
    (tmp_path / name).write_bytes(content)
    found = detect(local_file(tmp_path / name))
    assert (found.format, found.compression, found.encoding) == expected


def test_a_character_at_the_end_of_the_head_is_not_an_error(tmp_path: Path) -> None:
    line = "é\n".encode()
    (tmp_path / "a.csv").write_bytes(b"a\n" + line * (HEAD_BYTES // 3 + 5))
    assert detect(local_file(tmp_path / "a.csv")).encoding == "utf-8"


@pytest.mark.parametrize("first", [0, 100, HEAD_BYTES - 1_000])
def test_a_line_of_the_greatest_length(tmp_path: Path, first: int) -> None:
    (tmp_path / "a.csv").write_bytes(b"a\n" * (first // 2) + b"b" * HEAD_BYTES + b"\nc\n")
    assert detect(local_file(tmp_path / "a.csv")).format == "csv"
