# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Any page of lines is found, whatever the quotes and line ends."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_ml.dataview import lines
from jupyter_ml.dataview.files import local_file
from jupyter_ml.dataview.lines import LineIndex
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path


def indexed(file: Path, *, quoted: bool, blank: bool = False) -> LineIndex:
    index = LineIndex(local_file(file), quoted=quoted, blank=blank)
    index.run()
    return index


FIELDS = st.text(st.sampled_from('ab",\n é'), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(FIELDS, min_size=2, max_size=3), min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    block=st.integers(1, 20),
    last=st.booleans(),
)
def test_every_line_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, rows: list[list[str]], end: str, block: int, last: bool
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", block)
    texts = []
    for row in rows:
        text = io.StringIO()
        csv.writer(text, lineterminator=end).writerow(row)
        texts.append(text.getvalue())
    if not last:
        texts[-1] = texts[-1].removesuffix(end)
    file = tmp_path / "lines.csv"
    file.write_bytes("".join(texts).encode())
    index = indexed(file, quoted=True)
    if not index.usable:
        assert "\n\n" in "".join(texts)  # in a quoted field
        return
    assert index.total == len(texts)
    for first in range(len(texts)):
        assert index.read(first, 2).decode() == "".join(texts[first : first + 2])
    assert index.read(len(texts), 5) == b""


def test_quotes_that_do_not_quote(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b'5" disk\n3" disk\n7" disk\n')
    index = indexed(file, quoted=False)
    assert index.read(1, 1) == b'3" disk\n'


@pytest.mark.parametrize("content", [b"a\n\nb\n", b"a\r\n\r\nb\r\n", b"\na\n", b'a\n"b\n'])
def test_blank_lines_and_open_quotes_have_no_index(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert not indexed(tmp_path / "a.csv", quoted=True).usable


def test_blank_lines_of_a_text_are_lines(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\n\n\nb")
    index = indexed(tmp_path / "a.txt", quoted=False, blank=True)
    assert (index.total, index.read(1, 3)) == (4, b"\n\nb")


def test_lines_that_are_too_long_for_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_PAGE_BYTES", 1_000_000)
    (tmp_path / "a.csv").write_bytes(b"1,2\n" * 100_000 + b"a" * 2_000_000 + b"\n3,4\n")
    index = indexed(tmp_path / "a.csv", quoted=True)
    assert index.read(10, 2) == b"1,2\n1,2\n"
    with pytest.raises(InvalidInputError, match=r"a\.csv: the rows from 99,999 on cannot be shown: .* 1,000,000 are"):
        index.read(99_999, 3)
