# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Credentials of datastores: the vault has the values, and the row of a datastore has a reference to them."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.datastore_credentials import credentials_model
from jupyter_ml.schemas.datastores import DatastoreChanges
from jupyter_ml.schemas.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyter_ml.schemas.datastores import DatastoreUpdate
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["SCOPE_PREFIX", "DatastoreCredentials", "parse_credentials"]

SCOPE_PREFIX = "datastore-"
"""What the names of scopes of datastores begin with in the vault."""


def parse_credentials(kind: str, changes: DatastoreUpdate) -> dict[str, str]:
    """Return the credentials that an update of a datastore of type `kind` gives, by their dotted names.

    Raises
    ------
    InvalidInputError
        If they are not what the type requires; the message contains no value.
    """
    if changes.credentials is None:
        return {}
    model = credentials_model(kind)
    if model is None:
        raise InvalidInputError(f"credentials: a datastore of the type {kind!r} has none", field="credentials")
    try:
        return validated(model, changes.given_credentials()).values()
    except InvalidInputError as error:
        lines = "\n".join(f"credentials.{line}" for line in str(error).splitlines())
        raise InvalidInputError(lines, field=".".join(filter(None, ["credentials", error.field]))) from None


class DatastoreCredentials:
    """Stores, returns and deletes the credentials of datastores."""

    def __init__(self, context: WorkspaceContext) -> None:
        self._context = context

    @contextmanager
    def stored(self, values: Mapping[str, str]) -> Iterator[str | None]:
        """Store the credentials of a new datastore, and remove them again if the block fails.

        Yields
        ------
        str or None
            Where they are in the vault; None if there are none.
        """
        scope = self._new_scope() if values else None
        if scope is not None:
            self._context.vault.put(scope, values)
        try:
            yield scope
        except BaseException:
            self.delete(scope)
            raise

    @contextmanager
    def replaced(self, name: str, values: Mapping[str, str], changes: DatastoreUpdate) -> Iterator[DatastoreChanges]:
        """Replace the credentials of a datastore after the block has stored the yielded changes in its row."""
        scope = self._context.store.datastores.scope(name) or self._new_scope()
        description = {"description": changes.description} if "description" in changes.model_fields_set else {}
        yield DatastoreChanges(**description, credentials=[*values], vault_scope=scope if values else None, revision=0)
        if values:
            self._context.vault.put(scope, values)
        else:
            self.delete(scope)

    def read(self, name: str) -> dict[str, str]:
        """Return the credentials of a datastore; UnavailableError if the vault has none."""
        scope = self._context.store.datastores.scope(name)
        try:
            return self._context.vault.get(scope) if scope is not None else {}
        except NotFoundError:
            raise UnavailableError(
                f"the vault of this workspace has no credentials for datastore {name!r}: set them with: "
                f"jupyter ml datastore update {name} --set-credentials"
            ) from None

    def delete(self, scope: str | None) -> None:
        """Remove credentials from the vault."""
        if scope is not None:
            self._context.vault.delete(scope)

    @staticmethod
    def _new_scope() -> str:
        """Return a scope that no datastore has or had: a new one never gets the credentials of another."""
        return SCOPE_PREFIX + secrets.token_hex(16)
