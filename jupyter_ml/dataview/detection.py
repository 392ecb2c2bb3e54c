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
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Literal

from jupyter_ml.errors import InvalidInputError, reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.dataview.files import DataFile

__all__ = ["HEAD_BYTES", "Compression", "Detected", "TableFormat", "compression_and_format", "detect"]

TableFormat = Literal["csv", "json_lines", "parquet", "arrow", "text"]
Compression = Literal["gzip", "zstd"]

HEAD_BYTES = 2 * 1024 * 1024
"""Maximum size of a line."""
LONG_BYTES = 64 * 1024
"""Size of a line from which on its end is looked for."""

_MAGIC = {
    b"\x89PNG": "an image (PNG)",
    b"\xff\xd8\xff": "an image (JPEG)",
    b"GIF8": "an image (GIF)",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive, e.g. of Excel or NumPy: unpack it, or write it as csv or parquet",
    b"SQLite format 3": "an SQLite database",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array",
    b"ORC": "an ORC file: write it as parquet",
}
_SUFFIXES: dict[str, TableFormat] = {
    **dict.fromkeys((".csv", ".tsv", ".tab"), "csv"),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "json_lines"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".arrow", ".feather", ".ipc", ".arrows"), "arrow"),
    **dict.fromkeys((".log", ".md", ".rst", ".py", ".r", ".sql", ".sh", ".yaml", ".yml", ".toml", ".ini"), "text"),
    **dict.fromkeys((".cfg", ".conf", ".tex", ".html", ".htm", ".xml", ".svg"), "text"),
}
_COMPRESSED: dict[str, Compression] = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""What text in other encodings than UTF-8 begins with."""
_ARROW_STREAM = b"\xff\xff\xff\xff"


@dataclass(frozen=True)
class Detected:
    """What a file is.

    Attributes
    ----------
    file
        The file.
    format, compression, encoding
        How to read it; a binary file has no encoding.
    head
        The first bytes of the text, unpacked, in UTF-8; empty for a binary file.
    whole
        Whether `head` is the whole text.
    is_certain
        Whether the name has the format; otherwise a csv file of one column is text.
    """

    file: DataFile
    format: TableFormat
    compression: Compression | None = None
    encoding: str | None = None
    head: bytes = b""
    whole: bool = False
    is_certain: bool = True

    @property
    def name(self) -> str:
        """The name of the file, as users know it."""
        return self.file.name


def detect(file: DataFile) -> Detected:
    """Return what a file is.

    Raises
    ------
    InvalidInputError
        If it cannot be read; the message names what it is instead.
    """
    if not file.size:
        raise InvalidInputError(f"{file.name} is empty")
    packed, known = compression_and_format(file.name)
    is_text = packed is None and known not in ("parquet", "arrow")
    try:
        with file.open() as opened:
            start = opened.read(HEAD_BYTES + 1 if is_text else 16)  # one request to a server, where it will be needed
            opened.seek(0)
            if start.startswith(b"PAR1"):
                return Detected(file, "parquet")
            if start.startswith((b"ARROW1", _ARROW_STREAM)):
                return Detected(file, "arrow")
            compression = _compression(start)
            source = _Unpacked(file.name, opened, compression)
            head = source.read(HEAD_BYTES + 1)
            last = head[head.rfind(b"\n") + 1 :]  # the line in which it ends
            if len(last) > LONG_BYTES:
                last += source.read(HEAD_BYTES + 1 - len(last))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{file.name} cannot be read: {reason(error)}") from None
    whole = len(head) <= HEAD_BYTES
    start, head = head[:1_024], head[:HEAD_BYTES]
    encoding = _encoding(head, whole=whole)
    if encoding != "utf-8":
        head = head.decode(encoding, "replace").encode()
    _require_text(file.name, start, head, compression, may_be_markup=known == "text")
    if len(last) > HEAD_BYTES and b"\n" not in last and b"\r" not in last:
        raise InvalidInputError(f"{file.name} has a line of more than {HEAD_BYTES // 1024**2} MB: it is not a table")
    if known == "parquet":
        raise InvalidInputError(f"{file.name} is not a parquet file: it does not begin with PAR1")
    if known == "arrow":
        raise InvalidInputError(f"{file.name} is not an Arrow file: it does not begin with ARROW1")
    return Detected(
        file,
        known or ("json_lines" if head.lstrip()[:1] in (b"{", b"[") else "csv"),
        compression,
        encoding,
        head,
        whole,
        is_certain=known is not None,
    )


def compression_and_format(name: str) -> tuple[Compression | None, TableFormat | None]:
    """Return what the name of a file means: how it is compressed, and its format."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    compression = _COMPRESSED.get(suffixes[-1]) if suffixes else None
    if compression is not None:
        suffixes.pop()
    return compression, _SUFFIXES.get(suffixes[-1]) if suffixes else None


def _compression(start: bytes) -> Compression | None:
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zstd" if start.startswith(b"\x28\xb5\x2f\xfd") else None


class _Unpacked:
    """The content of a file that may be compressed."""

    def __init__(self, name: str, file: IO[bytes], compression: str | None) -> None:
        opened: dict[str | None, Callable[[IO[bytes]], IO[bytes]]] = {
            None: lambda raw: raw,
            "gzip": lambda raw: gzip.GzipFile(fileobj=raw),  # type: ignore[return-value,dict-item]
            "zstd": _zstd,
        }
        self._name, self._compression, self._source = name, compression, opened[compression](file)

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        found = b""
        try:
            while len(found) < size and (more := self._source.read(size - len(found))):
                found += more
            return found  # noqa: TRY300
        except (OSError, EOFError, zlib.error) as error:
            if self._compression is None:
                raise
            raise InvalidInputError(f"{self._name} cannot be unpacked: {reason(error)}") from None


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


def _require_text(name: str, start: bytes, head: bytes, compression: str | None, *, may_be_markup: bool) -> None:
    """Raise InvalidInputError if a file is none, given how it begins, as it is and in UTF-8."""
    if not head:
        raise InvalidInputError(f"{name} is empty" + (" when it is unpacked" if compression else ""))
    if not head.strip():
        raise InvalidInputError(f"{name} has blank lines only")
    for magic, what in _MAGIC.items():
        if start.startswith(magic):
            raise InvalidInputError(f"{name} is not a table, but {what}")
    first = head[:1_024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if first.startswith((b"<!doctype html", b"<html")) and not may_be_markup:
        raise InvalidInputError(f"{name} is not a table, but HTML, e.g. an error page that was saved under this name")
    if first.startswith(b"<?xml") and not may_be_markup:
        raise InvalidInputError(f"{name} is not a table, but XML")
    if b"\0" in head:
        raise InvalidInputError(f"{name} is neither text nor a format that is known")


def _encoding(head: bytes, *, whole: bool) -> str:
    if mark := next((mark for mark in _MARKS if head.startswith(mark)), None):
        return _MARKS[mark]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
