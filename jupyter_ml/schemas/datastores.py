# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores: named locations of data. So far each is a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from jupyter_ml.schemas import names
from jupyter_ml.schemas.base import Name, Schema, fixed_keys
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.reference_fields import LocalLocation
from jupyter_ml.schemas.resources import EditableResource, ListQuery
from jupyter_ml.schemas.text import Description

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

__all__ = [
    "DATASTORE",
    "DEFAULT_DATASTORES",
    "Datastore",
    "DatastoreCreate",
    "DatastoreQuery",
    "DatastoreTest",
    "DatastoreUpdate",
]

DEFAULT_DATASTORES = ("workspaceblobstore", "workspaceartifactstore", "workspaceworkingdirectory")
"""The datastores of every workspace, by Azure ML's names; all of them are one directory of the workspace."""

_OTHER_TYPES = {
    **dict.fromkeys(("azure_blob", "azure_data_lake_gen2", "s3", "gcs", "sftp", "http"), "not supported yet"),
    **dict.fromkeys(("azure_file", "hdfs", "one_lake"), "not supported: mount it, and write type: local"),
    "azure_data_lake_gen1": "not supported: Azure has retired it",
}


def _known(value: Any) -> Any:
    if isinstance(value, str) and value in _OTHER_TYPES:
        raise ValueError(f"{value!r} is {_OTHER_TYPES[value]}; there is 'local'")
    return value


class Datastore(EditableResource):
    """A named location of data."""

    type: Literal["local"]
    path: str | None
    """Its directory; None for a directory of the workspace."""


class DatastoreCreate(Schema):
    """A datastore to create."""

    name: Name
    description: Description | None = None
    type: Annotated[Literal["local"], BeforeValidator(_known)]
    """``local`` is a directory."""
    path: LocalLocation
    """An existing directory; relative to the YAML file."""

    def below(self, directory: Path) -> Self:
        """Return the spec with its path relative to `directory`."""
        return self if self.path.startswith("~") else self.model_copy(update={"path": str(directory / self.path)})


class DatastoreUpdate(Schema):
    """What to change of a datastore."""

    key_hints = fixed_keys(DatastoreCreate, "create another datastore")

    description: Description | None = None


class DatastoreQuery(ListQuery):
    """Which datastores to list."""

    sort: Literal["name", "created_at"] = "name"
    descending: bool = False


class DatastoreTest(Schema):
    """Result of the test of a datastore that can be read."""

    name: str
    path: str
    """Its directory."""
    writable: bool
    """Whether files can be written to it."""


DATASTORE: Kind[Datastore, DatastoreQuery] = Kind(
    name=names.DATASTORE,
    model=Datastore,
    query=DatastoreQuery,
    spec=DatastoreCreate,
    changes=DatastoreUpdate,
    columns=(
        Column("name"),
        Column("type"),
        Column("path", lambda item: item.path or "in the workspace"),
        Column("description"),
    ),
)
