# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The program that reads data files for the data view, of this machine and of datastores."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jupyter_ml.dataview.worker import main
from jupyter_ml.schemas.connections import Connection

if TYPE_CHECKING:
    from jupyter_ml.storage.read_only import ReadOnlyFileSystem


def _connect(documents: dict[str, Any]) -> ReadOnlyFileSystem:
    # aiobotocore imports httpx where it is installed, which it does not use by default: a tenth of the time for s3fs
    sys.modules.setdefault("httpx", None)  # type: ignore[arg-type]
    from jupyter_ml.storage.read_only import ReadOnlyFileSystem  # imports fsspec: files of this machine need none

    return ReadOnlyFileSystem({name: Connection.of(document) for name, document in documents.items()})


if __name__ == "__main__":
    main(_connect)
