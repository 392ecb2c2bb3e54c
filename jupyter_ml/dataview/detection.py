# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out what a file is from its first bytes, and refuse what a reader of tables would misread or hang on.

DuckDB reads a page of HTML as a table of one column, and cannot be interrupted in a line of 100 MB: both are recognized
here, in milliseconds.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Literal

from jupyter_ml.errors import InvalidInputError, NotFoundError, reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["HEAD_BYTES", "Detected", "detect"]

HEAD_BYTES = 2 * 1024 * 1024
"""Maximum size of a line."""

_MAGIC = {
    b"\x89PNG": "an image (PNG)",
    b"\xff\xd8\xff": "an image (JPEG)",
    b"GIF8": "an image (GIF)",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive, e.g. of Excel or NumPy: unpack it, or write it as csv or parquet",
    b"SQLite format 3": "an SQLite database",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
    b"ARROW1": "an Arrow file: write it as parquet",
    b"ORC": "an ORC file: write it as parquet",
}
_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".jsonl": "json_lines",
    ".ndjson": "json_lines",
    ".json": "json_lines",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_COMPRESSED = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}


@dataclass(frozen=True)
class Detected:
    """What a file is.

    Attributes
    ----------
    path, size
        The file, and its bytes.
    format, compression, encoding
        How to read it; a parquet file has no encoding. ``latin-1`` is the way to read ``cp1252``.
    head
        The first bytes of the text, unpacked, in its encoding; empty for a parquet file.
    whole
        Whether `head` is the whole text.
    """

    path: Path
    size: int
    format: Literal["csv", "json_lines", "parquet"]
    compression: Literal["gzip", "zstd"] | None = None
    encoding: str | None = None
    head: bytes = b""
    whole: bool = False


def detect(path: Path) -> Detected:
    """Return what a file is.

    Raises
    ------
    NotFoundError
        If it does not exist.
    InvalidInputError
        If it cannot be read as a table; the message names what it is instead.
    """
    try:
        with path.open("rb") as file:
            start = file.read(16)
            size = file.seek(0, 2)
    except FileNotFoundError:
        raise NotFoundError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise InvalidInputError(f"{path} is a directory: name a file in it") from None
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not start:
        raise InvalidInputError(f"{path} is empty")
    if start.startswith(b"PAR1"):
        return Detected(path, size, "parquet")
    compression = _compression(start)
    with path.open("rb") as file:
        head = _unpacked(path, file, compression)
    _require_text(path, head, compression)
    whole = len(head) <= HEAD_BYTES
    head = head[:HEAD_BYTES]
    encoding = _encoding(head, whole=whole)
    if not whole and b"\n" not in head and b"\r" not in head:
        raise InvalidInputError(f"{path} has a line of more than {HEAD_BYTES // 1024**2} MB: it is not a table")
    return Detected(path, size, _format(path, head, encoding), compression, encoding, head, whole)


def _compression(start: bytes) -> Literal["gzip", "zstd"] | None:
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if start.startswith(b"\x28\xb5\x2f\xfd") else None


def _unpacked(path: Path, file: IO[bytes], compression: str | None) -> bytes:
    """Return the first bytes of the content, one more than may be a line."""
    opened: dict[str | None, Callable[[IO[bytes]], IO[bytes]]] = {
        None: lambda raw: raw,
        "gzip": lambda raw: gzip.GzipFile(fileobj=raw),  # type: ignore[return-value,dict-item]
        "zstd": _zstd,
    }
    try:
        source, head = opened[compression](file), b""
        while len(head) <= HEAD_BYTES and (more := source.read(HEAD_BYTES + 1 - len(head))):
            head += more
        return head  # noqa: TRY300
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInputError(f"{path} cannot be unpacked: {reason(error)}") from None


def _zstd(file: IO[bytes]) -> IO[bytes]:
    import zstandard  # with the extra [data]

    stream = zstandard.ZstdDecompressor().stream_reader(file)

    class Reader:
        def read(self, size: int) -> bytes:
            try:
                return stream.read(size)
            except zstandard.ZstdError as error:
                raise OSError(str(error)) from None

    return Reader()  # type: ignore[return-value]


def _require_text(path: Path, head: bytes, compression: str | None) -> None:
    if not head:
        raise InvalidInputError(f"{path} is empty" + (" when it is unpacked" if compression else ""))
    if not head.strip():
        raise InvalidInputError(f"{path} has blank lines only")
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise InvalidInputError(f"{path} is not a table, but {what}")
    start = head[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise InvalidInputError(f"{path} is not a table, but HTML, e.g. an error page that was saved under this name")
    if start.startswith(b"<?xml"):
        raise InvalidInputError(f"{path} is not a table, but XML")
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InvalidInputError(f"{path} is neither text nor a format that is known")


def _encoding(head: bytes, *, whole: bool) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _format(path: Path, head: bytes, encoding: str) -> Literal["csv", "json_lines"]:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    known = _SUFFIXES.get(suffixes[-1]) if suffixes else None
    if known == "parquet":
        raise InvalidInputError(f"{path} is not a parquet file: it does not begin with PAR1")
    if known == "json_lines" or (known is None and encoding == "utf-8" and head.lstrip()[:1] in (b"{", b"[")):
        return "json_lines"
    return "csv"
