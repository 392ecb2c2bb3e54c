# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets of the workspace: list, set and delete them, and change the key. Their values are never returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, NotFoundError, nearest
from jupyter_ml.schemas.vault import DELETED, EVENT_KIND, ROTATED, SET, VaultEntry
from jupyter_ml.services.credentials import SCOPE_PREFIX
from jupyter_ml.vault.jobs import check_secret
from jupyter_ml.vault.named import PREFIX, VALUE, read_secret, secret_scope

if TYPE_CHECKING:
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["VaultService"]


class VaultService:
    """The vault of a workspace: secrets by name, for jobs that name them, and the credentials of datastores."""

    def __init__(self, context: WorkspaceContext) -> None:
        self._context = context

    def list(self) -> list[VaultEntry]:
        """Return what the vault has, without values."""
        owners = {scope: name for name, scope in self._context.store.datastores.scopes().items()}
        entries = [_entry(scope, owners) for scope in self._context.vault.names()]
        return sorted((entry for entry in entries if entry), key=lambda entry: (entry.kind, entry.name))

    def set(self, name: str, value: str) -> None:
        """Store a secret, which every job that names it gets; an older value is replaced.

        Raises
        ------
        InvalidInputError
            If the name cannot be that of an environment variable, or the value is too short or too long.
        """
        scope = secret_scope(name)
        check_secret(name, value)
        self._context.vault.put(scope, {VALUE: value})
        self._record(SET, name)

    def value(self, name: str) -> str | None:
        """Return a secret for a job that names it; None if there is none."""
        return read_secret(self._context.vault, name)

    def delete(self, name: str) -> None:
        """Delete a secret, or what no datastore refers to any more; NotFoundError if it does not exist."""
        entries = self.list()
        found = next((entry for entry in entries if entry.name == name and entry.kind != "datastore"), None)
        if found is not None:
            self._context.vault.delete(found.scope)
            self._record(DELETED, name)
        elif any(entry.name == name for entry in entries):
            raise ConflictError(
                f"{name!r} is a datastore: remove its credentials with: jupyter ml datastore update {name} "
                "--set credentials=null"
            )
        else:
            raise NotFoundError(f"the vault has no secret {name!r}{nearest(name, [entry.name for entry in entries])}")

    def rotate(self) -> None:
        """Encrypt everything with a new key; it can be interrupted at any moment and repeated."""
        self._context.vault.rotate()
        self._record(ROTATED, "")

    def _record(self, change: str, name: str) -> None:
        self._context.store.events.append(change, EVENT_KIND, name)
        self._context.notify()


def _entry(scope: str, owners: dict[str, str]) -> VaultEntry | None:
    if scope.startswith(PREFIX):
        return VaultEntry(name=scope.removeprefix(PREFIX), kind="secret", scope=scope)
    if scope in owners:
        return VaultEntry(name=owners[scope], kind="datastore", scope=scope)
    if scope.startswith(SCOPE_PREFIX):
        return VaultEntry(name=scope, kind="unused", scope=scope)
    return None  # in a vault that others use, too
