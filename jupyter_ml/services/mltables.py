# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Tables of MLTable files for user code, as ``jupyter_ml.load_mltable``.

It needs DuckDB in the environment of the code, and no workspace.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError

if TYPE_CHECKING:
    from jupyter_ml.dataview.loaded_table import LoadedTable

__all__ = ["load_mltable"]

REMOTE = "azureml://"


def load_mltable(path: str | os.PathLike[str]) -> LoadedTable:
    """Return the table that an MLTable file describes.

    Parameters
    ----------
    path
        Its directory, e.g. an input of a job, or ``azureml://datastores/NAME/paths/PATH``.

    Raises
    ------
    NotFoundError
        If there is no MLTable file.
    InvalidInputError
        If the MLTable file is not valid, or does not fit its files; the message has the line and the key.
    UnavailableError
        If DuckDB is not installed.
    """
    if find_spec("duckdb") is None:
        raise UnavailableError("duckdb is not installed, which reads tables: add it to the environment of this code")
    from jupyter_ml.dataview.loaded_table import load

    location = os.fspath(path)
    if not location.startswith(REMOTE):
        return load(str(Path(location).expanduser().absolute()))
    from jupyter_ml.storage.azureml import AzureMLFileSystem

    return load(location, AzureMLFileSystem())
