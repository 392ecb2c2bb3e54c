# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read MLflow's tables by the database's own driver, without importing MLflow."""

from __future__ import annotations

import re
from typing import Any

from jupyter_ml.errors import UnavailableError
from jupyter_ml.tracking.connections import connect
from jupyter_ml.tracking.uris import sqlite_file

__all__ = ["Tables"]


class Tables:
    """MLflow's tables, read only; one thread at a time may use them.

    Parameters
    ----------
    uri
        As `jupyter_ml.tracking.uris.store_uri` returns it.

    Raises
    ------
    UnavailableError
        When the database does not answer.
    """

    def __init__(self, uri: str) -> None:
        self._sqlite = sqlite_file(uri) is not None
        self._connection = connect(uri, read_only=True)

    def ask(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query, in which ``:name`` is a value; UnavailableError when it fails."""
        if not self._sqlite:
            query = re.sub(r":(\w+)", r"%(\1)s", query)
        try:
            return list(self._connection.execute(query, values).fetchall())
        except self._connection.Error as error:  # e.g. no MLflow has created its tables yet
            raise UnavailableError(f"the tracking store cannot be read: {error}") from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
