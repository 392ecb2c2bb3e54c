# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The interface of a vault: where the credentials of datastores and the secrets of a workspace are stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SCOPE", "Vault"]

SCOPE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}"
"""Pattern of the names of scopes."""


class Vault(ABC):
    """Secrets by scope, e.g. the credentials of one datastore.

    A package registers a subclass as an entry point in the group ``jupyter_ml.vault``; the setting ``vault.kind`` of a
    workspace names it. It is created by `open`. Several threads and processes use a vault at the same time.

    Errors are UnavailableError if it does not answer, and must never contain a value.
    """

    @abstractmethod
    def put(self, scope: str, values: Mapping[str, str]) -> None:
        """Store the values of a scope by their names, and replace all that it had."""

    @abstractmethod
    def get(self, scope: str) -> dict[str, str]:
        """Return the values of a scope; NotFoundError if it has none."""

    @abstractmethod
    def delete(self, scope: str) -> None:
        """Remove the values of a scope, if it has any."""

    @abstractmethod
    def names(self) -> list[str]:
        """Return the scopes that have values, in alphabetical order."""

    @abstractmethod
    def rotate(self) -> None:
        """Encrypt all values with a new key; they must stay readable if that is interrupted at any moment."""
