# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The file system of one datastore, for programs that read small parts of files."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.storage.azureml import AzureMLFileSystem
from jupyter_ml.storage.masks import masked_errors

if TYPE_CHECKING:
    from jupyter_ml.schemas.connections import Connection

__all__ = ["ReadOnlyFileSystem"]

BLOCK_BYTES = 1024 * 1024
"""How much is read ahead; the libraries of some stores read 50 MB."""


class ReadOnlyFileSystem(AzureMLFileSystem):
    """Files of one datastore as ``azureml://datastores/NAME/paths/PATH``.

    Parameters
    ----------
    connection
        The connection of the datastore, whatever name a path has.
    """

    cachable = False  # by fsspec, which takes connections with other credentials for the same

    def __init__(self, connection: Connection) -> None:
        super().__init__(lambda *_: connection)
        self._redactor = Redactor(connection.secrets)

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        kwargs.pop("block_size", None)
        if mode != "rb":
            raise OSError(f"{path} is opened for reading only")
        return _MaskedFile(super()._open(path, mode, block_size=BLOCK_BYTES, **kwargs), self._redactor)


class _MaskedFile:
    """A file whose errors contain no credentials, and that several threads may read."""

    def __init__(self, file: Any, redactor: Redactor) -> None:
        self._file, self._redactor, self._lock = file, redactor, threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _MaskedFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        with self._lock, masked_errors(self._redactor):
            content: bytes = self._file.read(size)
            return content
