# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores: named locations of data."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, JsonValue, SecretStr

from jupyter_ml.schemas import names
from jupyter_ml.schemas.base import Name, Offset, Schema, Time, fixed_keys
from jupyter_ml.schemas.datastore_types import DatastoreCreate
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.resources import EditableResource, ListQuery
from jupyter_ml.schemas.text import Description

__all__ = [
    "DATASTORE",
    "DEFAULT_DATASTORES",
    "READ_EVENT",
    "Browse",
    "Datastore",
    "DatastoreChanges",
    "DatastoreCreate",
    "DatastoreEntry",
    "DatastoreFiles",
    "DatastoreQuery",
    "DatastoreRecord",
    "DatastoreTest",
    "DatastoreUpdate",
]

DEFAULT_DATASTORES = ("workspaceblobstore", "workspaceartifactstore", "workspaceworkingdirectory")
"""The datastores of every workspace, by Azure ML's names; all of them are one directory of the workspace."""
READ_EVENT = "secret_read"
"""What its events report when a program has received the credentials of a datastore."""

DatastoreType = Literal["azure_blob", "azure_data_lake_gen2", "local", "s3", "gcs", "sftp", "http"]


class Datastore(EditableResource):
    """A named location of data."""

    type: DatastoreType
    location: str
    """Where its data is, as a URL or a path."""
    settings: dict[str, JsonValue]
    """The keys that only its type has, e.g. ``bucket``."""
    credentials: list[str]
    """Names of its credentials, whose values are in the vault and are never returned; none for those of the
    environment."""


class DatastoreRecord(Schema):
    """What is stored of a datastore; its credentials are in the vault."""

    name: Name
    description: Description | None = None
    type: DatastoreType
    settings: dict[str, JsonValue]
    credentials: list[str]
    vault_scope: str | None
    """Where its credentials are in the vault."""


class DatastoreUpdate(Schema):
    """What to change of a datastore."""

    key_hints = fixed_keys(DatastoreCreate, "create another datastore")

    description: Description | None = None
    credentials: dict[str, SecretStr | dict[str, SecretStr]] | None = Field(default=None, max_length=20)
    """All credentials; null removes them. They are never returned."""

    def given_credentials(self) -> dict[str, Any]:
        """Return the credentials as they were written."""
        return {
            name: {key: each.get_secret_value() for key, each in value.items()}
            if isinstance(value, dict)
            else value.get_secret_value()
            for name, value in (self.credentials or {}).items()
        }


class DatastoreChanges(Schema):
    """What an update changes in the row of a datastore."""

    description: Description | None = None
    credentials: list[str]
    vault_scope: str | None
    revision: Literal[0] = 0
    """Differs from every revision, so that the update gets one and is an event even if only values have changed."""


class DatastoreQuery(ListQuery):
    """Which datastores to list."""

    sort: Literal["name", "created_at"] = "name"
    descending: bool = False


class DatastoreTest(Schema):
    """Result of the test of a datastore that can be read."""

    name: str
    location: str
    """Where its data is."""
    writable: bool | None
    """Whether files can be written to it; None where that is unknown without writing one."""


class DatastoreEntry(Schema):
    """A file or directory in a datastore."""

    name: str
    """Its name in the directory."""
    path: str
    """Its path in the datastore."""
    is_directory: bool
    size: int | None = None
    """In bytes; None for a directory, and where the server does not report it."""
    modified_at: Time | None = None
    """None where the server does not report it."""


class DatastoreFiles(Schema):
    """What is directly in a directory of a datastore, directories first, in alphabetical order."""

    items: list[DatastoreEntry]
    """At most as many as were asked for."""
    total: int
    """Number of all."""


class Browse(Schema):
    """Which part of a datastore to list."""

    path: str = Field(default="", max_length=4_096)
    """Directory, from the top of the datastore."""
    limit: int = Field(default=1_000, ge=1, le=10_000)
    """Maximum number of entries."""
    offset: Offset = 0
    """Number of entries to skip."""


DATASTORE: Kind[Datastore, DatastoreQuery] = Kind(
    name=names.DATASTORE,
    model=Datastore,
    query=DatastoreQuery,
    spec=DatastoreCreate,
    changes=DatastoreUpdate,
    columns=(
        Column("name"),
        Column("type"),
        Column("location"),
        Column("credentials", lambda item: ", ".join(item.credentials)),
        Column("description"),
    ),
    extra_event_types=(READ_EVENT,),
)
