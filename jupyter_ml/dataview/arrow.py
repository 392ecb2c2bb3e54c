# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Arrow and Feather files, which DuckDB takes as a stream of record batches."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from jupyter_ml.dataview.files import DataFile

__all__ = ["ArrowFile"]


class ArrowFile:
    """A file that is read again for each query."""

    def __init__(self, file: DataFile) -> None:
        try:
            self._arrow: Any = import_module("arro3.io")
        except ImportError:
            raise UnavailableError(
                "arro3-io is not installed, which reads Arrow files: pip install jupyter-ml[data]"
            ) from None
        self._file = file
        with file.open() as opened:
            self._is_stream = opened.read(4) == b"\xff\xff\xff\xff"

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return the batches, in Arrow's interface for C."""
        source = self._file.url if self._file.filesystem is None else self._file.open()
        read = self._arrow.read_ipc_stream if self._is_stream else self._arrow.read_ipc
        return read(source).__arrow_c_stream__(requested_schema)
