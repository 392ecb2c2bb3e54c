# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets of a workspace by their names, which jobs and computes refer to."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.vault.files import EncryptedFiles
from jupyter_ml.vault.keys import key_source
from jupyter_ml.vault.registry import open_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.schemas.workspace import VaultSettings
    from jupyter_ml.vault.base import Vault

__all__ = ["PREFIX", "VALUE", "read_secret", "secret_reader", "secret_scope"]

PREFIX, VALUE = "secret-", "value"
"""Beginning of the names of their scopes, and what their values are called there."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def secret_scope(name: str) -> str:
    """Return where a secret is in the vault; InvalidInputError if it cannot be a name."""
    if not _NAME.fullmatch(name):
        raise InvalidInputError(
            f"{name[:200]!r} cannot name a secret: it has letters, digits and _, and does not begin with a digit"
        )
    return PREFIX + name


def read_secret(vault: Vault, name: str) -> str | None:
    """Return a secret; None if there is none."""
    try:
        return vault.get(secret_scope(name))[VALUE]
    except NotFoundError:
        return None


def secret_reader(folder: Path, files: Path, settings: VaultSettings) -> Callable[[str], str | None]:
    """Return a function that reads secrets of a workspace, whose vault is opened when the first one is read.

    Parameters
    ----------
    folder
        The directory of the workspace.
    files
        That of the embedded vault.
    settings
        What ``workspace.yml`` contains about the vault.
    """

    @cache
    def vault() -> Vault:
        return open_vault(
            settings.kind, folder, settings.settings, EncryptedFiles(files, key_source(settings.key, files))
        )

    return lambda name: read_secret(vault(), name)
