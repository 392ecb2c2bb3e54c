# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a vault has, without values, and its events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.resources import ResourceEvent

__all__ = [
    "DELETED",
    "EVENT_KIND",
    "IN_VAULT",
    "ROTATED",
    "SET",
    "SecretName",
    "SecretValue",
    "VaultChanged",
    "VaultEntry",
]

EVENT_KIND = "vault"
SET, DELETED, ROTATED = "vault_secret_set", "vault_secret_deleted", "vault_rotated"
"""Types of its events."""
MAX_CHARS = 64 * 1024
SecretName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"),
    Field(json_schema_extra={"format": "secret-name"}),
]
"""Name of a secret of the vault; forms accept a value to store under that name, too."""
IN_VAULT = "store it with jupyter ml vault set NAME, and write {0}_secret: NAME, so that it is in no file"
"""What to do instead of writing a secret as the value of a key."""


class VaultEntry(Schema):
    """Something that is stored in the vault."""

    name: str
    """Name of the secret or of the datastore."""
    kind: Literal["secret", "datastore", "unused"]
    """A secret of the workspace, the credentials of a datastore, or what no datastore refers to any more."""
    scope: str
    """Its name in the vault."""


class SecretValue(Schema):
    """A secret to store."""

    confidential = True

    value: SecretStr = Field(max_length=MAX_CHARS)
    """Its value, which is never returned."""


class VaultChanged(ResourceEvent):
    """A secret was stored or deleted, or the key was changed; an event never contains a value."""
