# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data that code reads by name: a version of a data asset, or an output of a job; this module imports no pydantic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from jupyter_ml.errors import InvalidInputError

__all__ = ["MAX_DATA_REQUESTS", "DataName", "NamedData", "split_name"]

MAX_DATA_REQUESTS = 1_000
"""How many names of data the code of a job can read."""
_SCOPES = ("subscriptions", "resourcegroups", "providers", "workspaces", "registries", "locations")
"""Parts of Azure's long form, each of which is followed by a name."""
_PARTS = {"data": 4, "models": 4, "components": 4, "environments": 4, "jobs": 5}
"""How many parts the name of a version or an output has, with its kind."""


@dataclass(frozen=True)
class NamedData:
    """Where data is that has a name.

    Attributes
    ----------
    reference : str
        The version or the output that the name means, e.g. ``azureml://data/titanic/versions/2``.
    location : str
        Its path on this machine, its path in a datastore (``azureml://datastores/…``) or its URL.
    """

    reference: str
    location: str

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"reference": self.reference, "location": self.location}

    @classmethod
    def of(cls, document: Any) -> NamedData:
        """Return what `document` contains; InvalidInputError if it is incomplete."""
        reference, location = (document.get(key) for key in ("reference", "location"))
        if not isinstance(reference, str) or not isinstance(location, str):
            raise InvalidInputError("the location of data is incomplete")
        return cls(reference, location)


class DataName(NamedTuple):
    """A path in data that has a name.

    Attributes
    ----------
    name
        The name, as it was written, e.g. ``data/titanic/versions/2``.
    path
        What follows it; empty for all of the data.
    """

    name: str
    path: str


def split_name(path: str) -> DataName | None:
    """Return the name and the rest of a path; None if it is in a datastore.

    Parameters
    ----------
    path
        What follows ``azureml://``, e.g. ``data/titanic/versions/2/train/a.csv``.
    """
    parts, first = path.split("/"), 0
    while first < len(parts) - 1 and parts[first].lower() in _SCOPES:
        first += 2
    if first >= len(parts) or parts[first] not in _PARTS:
        return None
    whole = first + 1 < len(parts) and ("@" in parts[first + 1] or ":" in parts[first + 1])
    end = first + (2 if whole else _PARTS[parts[first]])
    return DataName("/".join(parts[:end]), "/".join(parts[end:]))
