# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Arrow files are tables, text files are lines, and directories of images are pictures."""

from __future__ import annotations

import base64
import gzip
import io
from typing import TYPE_CHECKING

import duckdb
import pytest
from arro3.io import read_parquet, write_ipc, write_ipc_stream
from PIL import Image

from jupyter_ml.dataview import images
from jupyter_ml.dataview.files import find_files, local_file
from jupyter_ml.dataview.images import thumbnail
from jupyter_ml.dataview.listings import Listing
from jupyter_ml.dataview.opening import open_files
from jupyter_ml.dataview.profiles import profile
from jupyter_ml.dataview.rows import Page, read_rows
from jupyter_ml.dataview.texts import Text
from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.dataview.conftest import Opener


@pytest.mark.parametrize(
    ("write", "options"),
    [
        (write_ipc, {"compression": "lz4"}),
        (write_ipc, {"compression": "zstd"}),
        (write_ipc, {}),
        (write_ipc_stream, {}),
    ],
)
def test_arrow_files(opened: Opener, tmp_path: Path, temporary: Path, write: object, options: dict[str, str]) -> None:
    duckdb.execute(
        f"COPY (SELECT range AS n, 'x' || range AS text, DATE '2026-01-01' AS day FROM range(50000)) "
        f"TO '{tmp_path / 'made.parquet'}'"
    )
    write(read_parquet(tmp_path / "made.parquet"), tmp_path / "made.arrow", **options)  # type: ignore[operator]
    table = opened("a.feather", (tmp_path / "made.arrow").read_bytes())
    assert table.format.format == "arrow"
    page = read_rows(table, Page(49_999, 5), None, temporary)
    assert (page.rows, page.total) == ([[49_999, "x49999", "2026-01-01"]], 50_000)
    *_, last = profile(table)
    assert (last.rows, last.columns[0].maximum, last.columns[1].distinct_exact) == (50_000, 49_999, False)


def test_a_broken_arrow_file(opened: Opener) -> None:
    with pytest.raises(InvalidInputError, match=r"a\.arrow cannot be read"):
        opened("a.arrow", b"ARROW1\0\0" + b"x" * 100)
    with pytest.raises(InvalidInputError, match="not an Arrow file"):
        opened("a.feather", b"a,b\n1,2\n")


def text_of(folder: Path, name: str, content: bytes) -> Text:
    (folder / name).write_bytes(content)
    found = open_files(find_files(str(folder / name)), folder)
    assert isinstance(found, Text)
    return found


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("a.log", b"one, two\n\nthree\n", ["one, two", "", "three"]),
        ("notes.txt", b"Dear reader\nall is well", ["Dear reader", "all is well"]),
        ("README", b"# Title\n\ntext\n", ["# Title", "", "text"]),
        ("a.md", "é\n".encode("cp1252"), ["é"]),
        ("a.md", "é\n".encode("utf-16"), ["é"]),
        ("a.log.gz", gzip.compress(b"a\nb\n", mtime=0), ["a", "b"]),
        ("odd.txt", b"{not json\n}\n", ["{not json", "}"]),
    ],
)
def test_text_files(temporary: Path, name: str, content: bytes, lines: list[str]) -> None:
    text = text_of(temporary, name, content)
    assert [row[0] for row in text.rows(0, 10, None)] == lines
    assert text.format.format == "text"


def test_an_image_is_shown_small(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), "red").save(tmp_path / "a.png")
    Image.new("RGBA", (10, 20)).save(tmp_path / "b.png")
    (tmp_path / "c.jpg").write_bytes(b"no image")
    listing = open_files(find_files(str(tmp_path)), tmp_path)
    assert isinstance(listing, Listing)
    first, second, broken = listing.thumbnails(0, 10).items
    assert (first.width, first.height, second.height) == (400, 200, 20)
    assert first.source is not None
    kind, _, text = first.source.partition(";base64,")
    assert kind == "data:image/jpeg"
    with Image.open(io.BytesIO(base64.b64decode(text))) as small:
        assert small.size == (128, 64)
    assert broken.source is None
    assert broken.error == "not an image"
    assert listing.format.format == "images"


def test_images_that_are_too_large_are_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("1", (400, 200)).save(tmp_path / "a.png")
    monkeypatch.setattr(images, "MAX_PIXELS", 1024 * 64)
    assert "million pixels" in (thumbnail(local_file(tmp_path / "a.png")).error or "")
    monkeypatch.setattr(images, "MAX_BYTES", 10)
    assert "more than 0 MB" in (thumbnail(local_file(tmp_path / "a.png")).error or "")
