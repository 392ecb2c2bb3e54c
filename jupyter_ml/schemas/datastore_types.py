# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The types of datastores: where the data is, and what gives access to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import Field, StringConstraints, model_validator

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.base import Name, Schema
from jupyter_ml.schemas.datastore_credentials import (
    AzureBlobCredentials,
    Credentials,
    GcsCredentials,
    HttpCredentials,
    HttpUrl,
    S3Credentials,
    ServicePrincipal,
    SftpCredentials,
    checked,
)
from jupyter_ml.schemas.reference_fields import LocalLocation
from jupyter_ml.schemas.reference_parts import require_path
from jupyter_ml.schemas.resources import ResourceCreate
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    import builtins
    from pathlib import Path
    from typing import Self

    from pydantic import ModelWrapValidatorHandler

__all__ = ["TYPES", "DatastoreCreate", "LocalDatastore"]

REFUSED = {
    "azure_file": "not supported: mount the share, and write type: local",
    "azure_data_lake_gen1": "not supported: Azure has retired it; copy the data, and write type: azure_data_lake_gen2",
    "one_lake": "not supported: mount it, and write type: local",
    "hdfs": "not supported: mount it, and write type: local",
}
"""Types that other programs have, and what to do instead."""


def _require_host_key(text: str) -> None:
    if not re.fullmatch(r"[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}", text):
        raise InvalidInputError("must be a type and a key, as in known_hosts: ssh-ed25519 AAAA…")


Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$")]
"""A host, a bucket or an account."""
Identity = Literal["environment", "anonymous"]
"""``environment``: what the process that reads finds in its variables, its home and the metadata of its machine."""
Prefix = Annotated[str, StringConstraints(max_length=1_024), checked(require_path)]
HostKey = Annotated[str, StringConstraints(max_length=4_000), checked(_require_host_key)]


class DatastoreCreate(ResourceCreate):
    """A datastore to create: one of the types of `TYPES`, by its ``type``."""

    name: Name
    """Name of the datastore."""
    type: str
    """Type of the datastore."""

    @classmethod
    def variant(cls, data: Any) -> builtins.type[Schema]:
        """Return the model of the type that `data` has."""
        kind = data.get("type") if isinstance(data, dict) else getattr(data, "type", None)
        return TYPES.get(kind, cls) if cls is DatastoreCreate and isinstance(kind, str) else cls

    @classmethod
    def variants(cls) -> list[builtins.type[Schema]]:
        """Return the models of all types."""
        return [*TYPES.values()] if cls is DatastoreCreate else [cls]

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_type(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        model = cls.variant(data)
        if cls is not DatastoreCreate or isinstance(data, cls) or not isinstance(data, dict):
            return handler(data)
        if model is cls:
            raise _unknown_type(data)
        return cast("Self", model.model_validate(data))

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Return the union of all types."""
        if cls is not DatastoreCreate:
            schema: dict[str, Any] = handler(core_schema)
            return schema
        return {"oneOf": [handler(model.__pydantic_core_schema__) for model in TYPES.values()]}

    @property
    def settings(self) -> dict[str, Any]:
        """The values of the keys that only its type has, without the credentials."""
        return self.model_dump(mode="json", exclude={"name", "description", "type", "credentials"})

    def secrets(self) -> dict[str, str]:
        """Return the credentials by name."""
        credentials = getattr(self, "credentials", None)
        return credentials.values() if isinstance(credentials, Credentials) else {}


def _unknown_type(data: dict[str, Any]) -> Exception:
    kind = data.get("type")
    if kind is None:
        return misplaced(f"this key is required: {', '.join(TYPES)}", ("type",))
    if isinstance(kind, str) and kind in REFUSED:
        return misplaced(f"{kind!r} is {REFUSED[kind]}", ("type",))
    shown = repr(kind)[:80]
    return misplaced(f"{shown} is not one of {', '.join(TYPES)}{nearest(str(kind)[:80], TYPES)}", ("type",))


class AzureBlobDatastore(DatastoreCreate):
    """A container of Azure Blob Storage."""

    type: Literal["azure_blob"]
    account_name: Word
    """Name of the storage account."""
    container_name: Word
    """Name of the container."""
    endpoint: Word = "core.windows.net"
    """Suffix of the addresses of the cloud."""
    endpoint_url: HttpUrl | None = None
    """Address of a server other than Azure's, with the account in its path."""
    protocol: Literal["https", "wasbs"] = "https"
    """As in Azure ML; both are read over HTTPS."""
    identity: Identity = "environment"
    """What is used without credentials; by default that of the environment, as in Azure ML."""
    credentials: AzureBlobCredentials | None = None
    """By default none; see ``identity``."""


class AzureDataLakeGen2Datastore(DatastoreCreate):
    """A file system of Azure Data Lake Storage Gen2."""

    type: Literal["azure_data_lake_gen2"]
    account_name: Word
    """Name of the storage account."""
    filesystem: Word
    """Name of the file system."""
    endpoint: Word = "core.windows.net"
    """Suffix of the addresses of the cloud."""
    protocol: Literal["https", "abfss"] = "https"
    """As in Azure ML; both are read over HTTPS."""
    identity: Identity = "environment"
    """What is used without credentials; by default that of the environment, as in Azure ML."""
    credentials: ServicePrincipal | None = None
    """By default none; see ``identity``."""


class LocalDatastore(DatastoreCreate):
    """A directory of this machine."""

    type: Literal["local"]
    path: LocalLocation
    """An existing directory; relative to the YAML file."""

    def below(self, directory: Path) -> Self:
        """Return the spec with its path relative to `directory`."""
        return self if self.path.startswith("~") else self.model_copy(update={"path": str(directory / self.path)})


class S3Datastore(DatastoreCreate):
    """A bucket of Amazon S3, or of a server that has its API."""

    type: Literal["s3"]
    bucket: Word
    """Name of the bucket."""
    endpoint_url: HttpUrl | None = None
    """Address of a server other than Amazon's."""
    region: Word | None = None
    """Region of the bucket."""
    prefix: Prefix | None = None
    """What the names of all its objects begin with."""
    identity: Identity = "anonymous"
    """What is used without credentials; by default none, which reads public data."""
    credentials: S3Credentials | None = None
    """By default none; see ``identity``."""


class GcsDatastore(DatastoreCreate):
    """A bucket of Google Cloud Storage."""

    type: Literal["gcs"]
    bucket: Word
    """Name of the bucket."""
    project: Word | None = None
    """Project that is billed."""
    endpoint_url: HttpUrl | None = None
    """Address of a server other than Google's."""
    prefix: Prefix | None = None
    """What the names of all its objects begin with."""
    identity: Identity = "anonymous"
    """What is used without credentials; by default none, which reads public data."""
    credentials: GcsCredentials | None = None
    """By default none; see ``identity``."""


class SftpDatastore(DatastoreCreate):
    """A directory of an SFTP server."""

    type: Literal["sftp"]
    host: Word
    """Name or address of the server."""
    port: int = Field(default=22, ge=1, le=65_535)
    """Port of the server."""
    path: Annotated[Prefix, StringConstraints(pattern=r"^/")] = "/"
    """Absolute path of the directory."""
    host_key: HostKey | None = None
    """Public key of the server; by default it has to be in ``~/.ssh/known_hosts``."""
    identity: Literal["environment"] | None = None
    """What is used without credentials: ``environment`` for the user and the keys of the process that reads."""
    credentials: SftpCredentials | None = None
    """Required, unless ``identity`` is given."""


class HttpDatastore(DatastoreCreate):
    """A directory of a web server, which can only be read."""

    type: Literal["http"]
    url: HttpUrl
    """Address of the directory."""
    credentials: HttpCredentials | None = None
    """By default none."""


TYPES: dict[str, type[DatastoreCreate]] = {
    "azure_blob": AzureBlobDatastore,
    "azure_data_lake_gen2": AzureDataLakeGen2Datastore,
    "local": LocalDatastore,
    "s3": S3Datastore,
    "gcs": GcsDatastore,
    "sftp": SftpDatastore,
    "http": HttpDatastore,
}
"""The types of datastores, each with its model."""
