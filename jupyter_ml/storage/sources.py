# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find and transfer the files of a location: a path in a datastore, or a URL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote

from fsspec.callbacks import Callback

from jupyter_ml.errors import InvalidInputError, JupyterMLError, NotFoundError, UnavailableError
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.delivery import file_name
from jupyter_ml.schemas.references import DatastorePath, Url, parse_reference
from jupyter_ml.schemas.url_locations import place_of
from jupyter_ml.storage.filesystems import Opened, has_objects, open_filesystem
from jupyter_ml.storage.masks import masked_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_ml.schemas.connections import Connection

__all__ = ["RemoteFile", "Source", "open_source"]

TRANSFERS = 8
"""Number of files that are transferred at the same time, where the library can."""
MAX_REASON = 500
GONE = (404, 410)
"""Answers of a web server that has no such file."""


class RemoteFile(NamedTuple):
    """A file of a source.

    Attributes
    ----------
    path
        Relative to the source; its name, if the source is this file.
    size
        In bytes; None if the server does not report it.
    stamp
        Its ETag, else its modification time, as text; empty if the server reports neither.
    """

    path: str
    size: int | None
    stamp: str


@dataclass(frozen=True)
class Source:
    """A location that is open.

    Attributes
    ----------
    location
        As the user writes it.
    identity
        Text that differs for each place, whatever the names of datastores are.
    """

    location: str
    identity: str
    _opened: Opened = field(repr=False)
    _path: str
    _redactor: Redactor = field(repr=False)

    @property
    def name(self) -> str:
        """Name of the file or directory."""
        return file_name(self.location)

    def files(self, *, folder: bool) -> list[RemoteFile]:
        """Return the file, or with `folder` all files of the directory, in the order of their paths.

        Raises
        ------
        NotFoundError
            If there is no file or directory.
        InvalidInputError
            If it is the other one.
        UnavailableError
            If it cannot be read.
        """
        with self._reported():
            return self._folder() if folder else [self._file()]

    def is_folder(self) -> bool:
        """Return whether it is a directory; for a URL of a web server, whether it ends with a slash."""
        if self._is_web:
            return self.location.endswith("/")
        with self._reported():
            return bool(self._opened.filesystem.info(self._path)["type"] == "directory")

    def _file(self) -> RemoteFile:
        info = self._opened.filesystem.info(self._path)
        if info["type"] == "directory":
            raise InvalidInputError(f"{self.location} is not a uri_file; write type: uri_folder")
        return RemoteFile(self.name, info.get("size"), _stamp(info))

    def _folder(self) -> list[RemoteFile]:
        filesystem = self._opened.filesystem
        top = f"{self._path.rstrip('/')}/" if self._is_web else self._path
        if not self._is_web and filesystem.info(self._path)["type"] != "directory":
            raise InvalidInputError(f"{self.location} is not a uri_folder; write type: uri_file")
        found = filesystem.find(top, detail=True)
        if not found:
            raise NotFoundError(f"{self.location} has no files")
        files = []
        for name, info in found.items():
            if self._is_web:
                info = filesystem.info(name)  # noqa: PLW2901 -- a page of links has no sizes
            path = name[len(top) :].strip("/") if name.startswith(top) else name.rpartition("/")[2]
            path = unquote(path) if self._is_web else path
            files.append(RemoteFile(path, info.get("size"), _stamp(info)))
        return sorted(files)

    def download(self, files: list[RemoteFile], target: Path, progress: Callable[[int], None], *, folder: bool) -> None:
        """Copy files into a directory; those that are there with the same size are kept.

        Parameters
        ----------
        files
            Of `files`.
        target
            The directory.
        progress
            Is called with numbers of bytes.
        folder
            Whether the source is a directory.
        """

        def copy(file: RemoteFile) -> None:
            path = target / file.path
            if not path.resolve().is_relative_to(target.resolve()):
                raise InvalidInputError(f"{self.location} has a file with the path {file.path!r}")
            if path.exists() and path.stat().st_size == file.size:
                progress(file.size or 0)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{path.name[:200]}.part")
            inside = quote(file.path) if self._is_web else file.path
            source = f"{self._path.rstrip('/')}/{inside}" if folder else self._path
            counter = _Counter(progress)
            self._opened.filesystem.get_file(source, str(part), callback=counter)
            counter.finish(part.stat().st_size)
            if file.size is not None and part.stat().st_size != file.size:
                raise UnavailableError(
                    f"{self.location}: {file.path} has {part.stat().st_size:,} bytes instead of {file.size:,}: it has "
                    "changed while it was read"
                )
            part.replace(path)

        with self._reported():
            self._each(copy, files)

    def upload(self, origin: Path, files: list[str], progress: Callable[[int], None]) -> None:
        """Write files below the location.

        Parameters
        ----------
        origin
            A directory, or a file with `files` being empty.
        files
            Paths relative to the directory.
        progress
            Is called with numbers of bytes.
        """
        filesystem = self._opened.filesystem
        top = self._path.rstrip("/")

        def copy(file: str) -> None:
            source, target = (origin / file, f"{top}/{file}") if file else (origin, top)
            if not has_objects(filesystem):
                filesystem.makedirs(target.rpartition("/")[0], exist_ok=True)
            counter = _Counter(progress)
            filesystem.put_file(str(source), target, callback=counter)
            counter.finish(source.stat().st_size)

        with self._reported():
            self._each(copy, files or [""])

    def close(self) -> None:
        """End the connection."""
        self._opened.close()

    def _each(self, call: Callable[[Any], None], items: list[Any]) -> None:
        threads = TRANSFERS if getattr(self._opened.filesystem, "async_impl", False) else 1
        if threads == 1 or len(items) == 1:
            for item in items:
                call(item)
            return
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(call, item) for item in items]:
                done.result()

    @property
    def _is_web(self) -> bool:
        return "http" in self._opened.filesystem.protocol

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Raise NotFoundError or UnavailableError, without a secret, for what the library raises."""
        try:
            with masked_errors(self._redactor):
                yield
        except JupyterMLError:
            raise
        except FileNotFoundError as error:
            cause = error.__cause__ if self._is_web else None  # a web server may have refused, or not answered
            status = getattr(cause, "status", None)
            if cause is None or status in GONE:
                raise NotFoundError(f"{self.location} does not exist") from None
            answer = f"answers {status}" if status else f"does not answer ({type(cause).__name__})"
            raise UnavailableError(f"{self.location} cannot be read: the server {answer}") from None
        except Exception as error:  # noqa: BLE001 -- of any library
            text = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise UnavailableError(f"{self.location} cannot be read: {str(text)[:MAX_REASON]}") from None


def open_source(location: str, connect: Callable[[str], Connection]) -> Source:
    """Return a location that is open.

    Parameters
    ----------
    location
        A path in a datastore, or a URL, which is read without credentials.
    connect
        Returns the connection of a datastore, given its name.

    Raises
    ------
    UnavailableError
        If a package is missing, or the server cannot be reached or refuses the credentials.
    InvalidInputError
        If it is something else.
    """
    reference = parse_reference(location)
    if isinstance(reference, DatastorePath):
        connection, path = connect(reference.datastore), reference.path
    elif isinstance(reference, Url):
        connection, path = place_of(reference.url)
    else:
        raise InvalidInputError(f"{location} is neither in a datastore nor a URL")
    try:
        opened = open_filesystem(connection)
    except UnavailableError as error:
        raise UnavailableError(f"{location} cannot be read: {error}") from None
    inside = path.strip("/")
    whole = path if isinstance(reference, Url) and connection.type == "http" else f"{opened.root}/{inside}".rstrip("/")
    identity = f"{connection.type} {sorted(connection.settings.items())} {inside}"
    return Source(location, identity, opened, whole or "/", Redactor(connection.secrets))


class _Counter(Callback):  # type: ignore[misc]  # fsspec has no types
    """Counts the bytes of a transfer, which not every library reports."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        super().__init__()
        self._progress, self._counted = progress, 0

    def relative_update(self, inc: int = 1) -> None:
        self._counted += inc
        self._progress(inc)

    def absolute_update(self, value: int) -> None:
        self.relative_update(value - self._counted)

    def finish(self, size: int) -> None:
        """Count what was not reported."""
        self.relative_update(size - self._counted)


def _stamp(info: dict[str, Any]) -> str:
    keys = ("ETag", "etag", "LastModified", "last_modified", "Last-Modified", "mtime", "updated")
    return str(next((info[key] for key in keys if info.get(key)), ""))
