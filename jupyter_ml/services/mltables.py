# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Tables for user code, as ``jupyter_ml.load_table`` and ``jupyter_ml.load_mltable``.

It needs DuckDB in the environment of the code, and no workspace.
"""

from __future__ import annotations

import os
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.broker.client import ask, locate
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.named_data import split_name
from jupyter_ml.schemas.references import DatastorePath, LocalPath, Url, parse_reference
from jupyter_ml.schemas.url_locations import datastore_of

if TYPE_CHECKING:
    from jupyter_ml.dataview.loaded_table import LoadedTable
    from jupyter_ml.dataview.mltable_files import Elsewhere
    from jupyter_ml.schemas.connections import Connection
    from jupyter_ml.storage.azureml import AzureMLFileSystem

__all__ = ["load_mltable", "load_table"]

REMOTE = "azureml://"


def load_table(path: str | os.PathLike[str]) -> LoadedTable:
    """Return a file or a directory of csv, JSON lines, parquet or Arrow as a table, or what an MLTable file describes.

    Parameters
    ----------
    path
        A path on this machine, e.g. an input of a job, or data by name: ``azureml:NAME:VERSION``,
        ``azureml:NAME@LABEL``, ``azureml://data/NAME/versions/VERSION`` or ``azureml://datastores/NAME/paths/PATH``.

    Raises
    ------
    NotFoundError
        If there is no such data.
    InvalidInputError
        If it is not a table; the message names what it is instead, or has DuckDB's reason.
    UnavailableError
        If DuckDB is not installed.
    """
    return _load(path, is_described=False)


def load_mltable(path: str | os.PathLike[str]) -> LoadedTable:
    """Return the table that an MLTable file describes.

    Parameters
    ----------
    path
        Its directory, as for `load_table`.

    Raises
    ------
    NotFoundError
        If there is no MLTable file.
    InvalidInputError
        If the MLTable file is not valid, or does not fit its files; the message has the line and the key.
    UnavailableError
        If DuckDB is not installed.
    """
    return _load(path, is_described=True)


def _load(path: str | os.PathLike[str], *, is_described: bool) -> LoadedTable:
    if find_spec("duckdb") is None:
        raise UnavailableError("duckdb is not installed, which reads tables: add it to the environment of this code")
    from jupyter_ml.dataview.loaded_table import load

    location, references = os.fspath(path), _References()
    if location.startswith("azureml:"):
        found = references.place(location)
        return load(found.url, found.filesystem, references.find, is_described=is_described)
    return load(str(Path(location).expanduser().absolute()), None, references.find, is_described=is_described)


class _References:
    """Finds what MLTable files refer to for this process; URLs of the web and of clouds are read anonymously."""

    def __init__(self) -> None:
        self._connections: dict[str, Connection] = {}

    def find(self, references: list[str]) -> dict[str, Elsewhere]:
        """Return where references lead."""
        return {reference: self._find(reference) for reference in references}

    def place(self, reference: str) -> Elsewhere:
        """Return where data is that is a path in a datastore or has a name."""
        name = split_name(self.filesystem.unstrip_protocol(reference).removeprefix(REMOTE))
        if name is None:
            return self._find(reference)
        location = locate(REMOTE + name.name).location
        return self._find(f"{location.rstrip('/')}/{name.path}" if name.path else location)

    def _find(self, reference: str) -> Elsewhere:
        from jupyter_ml.dataview.mltable_files import Elsewhere

        if isinstance(parse_reference(reference), LocalPath):
            return Elsewhere(reference)
        url = self.filesystem.unstrip_protocol(reference)
        if isinstance(parse_reference(reference), Url):
            name, self._connections[name], path = datastore_of(reference)
            url = str(DatastorePath(name, path))
        return Elsewhere(url, self.filesystem)

    @cached_property
    def filesystem(self) -> AzureMLFileSystem:
        """The file system of this process, which also has the places of URLs."""
        from jupyter_ml.storage.azureml import AzureMLFileSystem

        return AzureMLFileSystem(self._connect, skip_instance_cache=True)

    def _connect(self, name: str, workspace: str | None) -> Connection:
        return self._connections[name] if name in self._connections else ask(name, workspace)
