# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a program needs to read a datastore; this module imports neither pydantic nor fsspec."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PUBLIC_CREDENTIALS", "Connection"]

PUBLIC_CREDENTIALS = frozenset({"tenant_id", "client_id", "authority_url", "resource_url", "user"})
"""Credentials that identify an account and give no access by themselves: they are neither masked nor asked for."""


@dataclass(frozen=True)
class Connection:
    """The type, settings and credentials of a datastore. Its text does not contain the credentials.

    Attributes
    ----------
    type : str
        Type of the datastore, e.g. ``s3``.
    settings : mapping
        The keys that only this type has, e.g. ``bucket``.
    credentials : mapping
        Text by name; those in a mapping have dotted names, e.g. ``headers.Authorization``.
    """

    type: str
    settings: Mapping[str, Any]
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)

    def document(self) -> dict[str, Any]:
        """Return it as JSON, with its credentials."""
        return {"type": self.type, "settings": dict(self.settings), "credentials": dict(self.credentials)}

    @classmethod
    def of(cls, document: Any) -> Connection:
        """Return the connection of a `document`; InvalidInputError if it is none, without quoting it."""
        try:
            return cls(document["type"], {**document["settings"]}, {**document["credentials"]})
        except (TypeError, KeyError, AttributeError):
            raise InvalidInputError("the connection of a datastore is incomplete") from None

    @property
    def identity(self) -> str:
        """What gives access: ``credentials``, the ``environment`` of the process that reads, or ``anonymous``."""
        if self.credentials:
            return "credentials"
        default = "environment" if self.type.startswith("azure_") else "anonymous"
        return str(self.settings.get("identity") or default)

    @property
    def hint(self) -> str:
        """What to do if it cannot be read; empty if it has credentials, or needs none."""
        if self.identity != "anonymous" or self.type not in _IDENTITIES:
            return ""
        return "; it is read without credentials: set them, or create it with identity: environment"

    @property
    def secrets(self) -> list[str]:
        """The values that have to be masked in everything that is written."""
        return [value for name, value in self.credentials.items() if name not in PUBLIC_CREDENTIALS]

    @property
    def location(self) -> str:
        """Where the data is, as a URL or a path, for people."""
        if self.type == "local":
            return str(self.settings.get("path") or "in the workspace")
        given = {key: "" if value is None else value for key, value in self.settings.items()}
        pattern = _ENDPOINT if self.type == "azure_blob" and given.get("endpoint_url") else _LOCATIONS[self.type]
        return pattern.format_map(given).rstrip("/")


_IDENTITIES = ("azure_blob", "azure_data_lake_gen2", "s3", "gcs")
_ENDPOINT = "{endpoint_url}/{container_name}"
_LOCATIONS = {
    "azure_blob": "https://{account_name}.blob.{endpoint}/{container_name}",
    "azure_data_lake_gen2": "https://{account_name}.dfs.{endpoint}/{filesystem}",
    "s3": "s3://{bucket}/{prefix}",
    "gcs": "gs://{bucket}/{prefix}",
    "sftp": "sftp://{host}:{port}{path}",
    "http": "{url}",
}
