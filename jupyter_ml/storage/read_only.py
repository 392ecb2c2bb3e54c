# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The file system of some datastores, for programs that read small parts of files."""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING, Any

from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.storage.azureml import AzureMLFileSystem
from jupyter_ml.storage.masks import masked_errors
from jupyter_ml.storage.ranges import RangeCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyter_ml.schemas.connections import Connection

__all__ = ["ReadOnlyFileSystem"]

KNOWN_S = 5.0
"""How long what was found about a file is taken as true."""
MAX_KNOWN = 20_000
"""Number of files of which that is kept."""
OPEN_FILES = 8
"""Number of files that stay open: some servers limit it."""


class ReadOnlyFileSystem(AzureMLFileSystem):
    """Files of datastores as ``azureml://datastores/NAME/paths/PATH``.

    Programs such as DuckDB open a file many times, and ask for its size each time: what is known of it, its connection
    and what was read last are kept, because each request to a server takes a while.

    Parameters
    ----------
    connections
        The connections of the datastores, by name.
    """

    cachable = False  # by fsspec, which takes connections with other credentials for the same

    def __init__(self, connections: Mapping[str, Connection]) -> None:
        super().__init__(lambda name, _: connections[name])
        self._redactor = Redactor([secret for each in connections.values() for secret in each.secrets])
        self._lock = threading.RLock()  # paramiko loses a response that another thread waits for
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}
        self._handles: dict[tuple[str, str], Any] = {}
        self._ranges = RangeCache()

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """Return what is directly in a directory."""
        with self._lock:
            found = super().ls(path, detail=True, **kwargs)
            for each in found:
                if each["size"] is not None:  # a web server's list has names only
                    self._remember(each["name"], each)
            return found if detail else [each["name"] for each in found]

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """Return the name, type and size of a file or directory."""
        name = self._strip_protocol(path)
        with self._lock:
            at, found = self._known.get(name, (0.0, None))
            if found is None or time.monotonic() - at > KNOWN_S:
                found = super().info(path, **kwargs)
                self._remember(name, found)
            return found

    def get_file(self, rpath: str, lpath: Any, **kwargs: Any) -> None:
        """Copy a file to this machine."""
        with self._lock, self._at(rpath) as place:
            place.filesystem.get_file(place.path, lpath, **kwargs)

    def modified(self, path: str) -> Any:
        """Return the time at which a file was changed."""
        return self.info(path).get("modified") or super().modified(path)

    def _open(self, path: str, mode: str = "rb", **_: Any) -> Any:
        if mode != "rb":
            raise OSError(f"{path} is opened for reading only")
        info = self.info(path)
        key = info["name"], f"{info['size']} {info.get('ETag') or info.get('modified')}"

        def fetch(start: int, end: int) -> bytes:
            file = self._handle(path, key)
            file.seek(start)
            content: bytes = file.read(end - start)
            return content

        def read(start: int, end: int) -> bytes:
            with self._lock, masked_errors(self._redactor):
                return self._ranges.read(key, int(info["size"]), start, end, fetch)

        return _File(int(info["size"]), read)

    def _handle(self, path: str, key: tuple[str, str]) -> Any:
        """Return a file of the library, opened unless it is."""
        file = self._handles.pop(key, None) or super()._open(path, cache_type="none")
        self._handles[key] = file
        while len(self._handles) > OPEN_FILES:
            self._handles.pop(next(iter(self._handles))).close()
        return file

    def _remember(self, name: str, found: dict[str, Any]) -> None:
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[name] = time.monotonic(), found


class _File(io.RawIOBase):
    """A file of which ranges are read."""

    def __init__(self, size: int, read: Callable[[int, int], bytes]) -> None:
        super().__init__()
        self._size, self._read, self._position = size, read, 0

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that a position can be set."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        end = self._size if size is None or size < 0 else self._position + size
        content = self._read(self._position, end)
        self._position += len(content)
        return content

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into a buffer."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Set the position."""
        self._position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        return self._position
