# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets of the workspace: they can be listed, set and deleted, and their values are never returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.vault import SecretValue, VaultEntry

__all__ = ["RotateVaultHandler", "SecretHandler", "VaultHandler"]

RESOURCE = "jupyter_ml:vault"


class VaultHandler(Handler):
    """The vault."""

    auth_resource = RESOURCE

    @operation("listSecrets")
    def get(self) -> list[VaultEntry]:
        """Return the names of all that the vault has."""
        return self.workspace.vault.list()


class SecretHandler(Handler):
    """A secret."""

    auth_resource = RESOURCE

    @operation("setSecret", status=204)
    def put(self, name: str, body: SecretValue) -> None:
        """Store one secret, or replace its value."""
        self.workspace.vault.set(name, body.value.get_secret_value())

    @operation("deleteSecret", status=204)
    def delete(self, name: str) -> None:
        """Delete one secret, or what no datastore refers to any more."""
        self.workspace.vault.delete(name)


class RotateVaultHandler(Handler):
    """The key of the vault."""

    auth_resource = RESOURCE

    @operation("rotateVault", status=204)
    def post(self) -> None:
        """Encrypt everything in the vault with a new key."""
        self.workspace.vault.rotate()
