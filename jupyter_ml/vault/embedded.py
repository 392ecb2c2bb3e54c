# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The embedded vault: encrypted files in the directory of the workspace.

It protects secrets in backups, copies and shared directories of a workspace. It does not protect them from users who
can read the key: on a machine that is not trusted, use a vault of another kind.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.vault.base import SCOPE, Vault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.vault.files import EncryptedFiles

__all__ = ["EmbeddedVault"]

SUFFIX = ".values"


class EmbeddedVault(Vault):
    """Secrets by scope, in an encrypted file for each."""

    def __init__(self, files: EncryptedFiles) -> None:
        self._files = files

    def put(self, scope: str, values: Mapping[str, str]) -> None:
        """Store the values of a scope."""
        self._files.write(_file(scope), json.dumps(dict(values)).encode())

    def get(self, scope: str) -> dict[str, str]:
        """Return the values of a scope; NotFoundError if it has none."""
        content = self._files.read(_file(scope))
        if content is None:
            raise NotFoundError(f"the vault has no values for {scope!r}")
        values: dict[str, str] = json.loads(content)
        return values

    def delete(self, scope: str) -> None:
        """Remove the values of a scope, if it has any."""
        self._files.remove(_file(scope))

    def names(self) -> list[str]:
        """Return the scopes that have values."""
        return [name.removesuffix(SUFFIX) for name in self._files.names() if name.endswith(SUFFIX)]

    def rotate(self) -> None:
        """Encrypt everything in the directory with a new key, the secrets of waiting jobs included."""
        self._files.rotate()


def _file(scope: str) -> str:
    if not re.fullmatch(SCOPE, scope):
        raise InvalidInputError(f"{scope!r} cannot name secrets: use letters, digits, - and _")
    return scope + SUFFIX
