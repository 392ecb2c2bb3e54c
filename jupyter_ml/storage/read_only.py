# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The file system of some datastores, for programs that read small parts of files."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.storage.azureml import AzureMLFileSystem
from jupyter_ml.storage.masks import masked_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.connections import Connection

__all__ = ["ReadOnlyFileSystem"]

BLOCK_BYTES = 1024 * 1024
"""How much is read ahead; the libraries of some stores read 50 MB."""


class ReadOnlyFileSystem(AzureMLFileSystem):
    """Files of datastores as ``azureml://datastores/NAME/paths/PATH``.

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

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """Return what is directly in a directory."""
        with self._lock:
            return super().ls(path, detail, **kwargs)

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """Return the name, type and size of a file or directory."""
        with self._lock:
            return super().info(path, **kwargs)

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        kwargs.pop("block_size", None)
        if mode != "rb":
            raise OSError(f"{path} is opened for reading only")
        with self._lock:
            opened = super()._open(path, mode, block_size=BLOCK_BYTES, **kwargs)
        return _MaskedFile(opened, self._redactor, self._lock)


class _MaskedFile(io.RawIOBase):
    """A file whose errors contain no credentials, and which shares a connection with other threads."""

    def __init__(self, file: Any, redactor: Redactor, lock: threading.RLock) -> None:
        super().__init__()
        self._file, self._redactor, self._lock = file, redactor, lock

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return that a position can be set."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        with self._lock, masked_errors(self._redactor):
            content: bytes = self._file.read(size) if size >= 0 else self._file.read()
            return content

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into a buffer."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Set the position."""
        with self._lock, masked_errors(self._redactor):
            self._file.seek(offset, whence)
            return int(self._file.tell())

    def close(self) -> None:
        """Close it."""
        if not self.closed:
            with self._lock:
                self._file.close()
        super().close()
