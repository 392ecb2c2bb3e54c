# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Open the vault that the settings of a workspace name."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, UnavailableError, nearest
from jupyter_ml.vault.base import Vault
from jupyter_ml.vault.embedded import EmbeddedVault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from jupyter_ml.vault.files import EncryptedFiles

__all__ = ["GROUP", "open_vault"]

GROUP = "jupyter_ml.vault"
"""Entry points: kind of a vault, and a function of the directory of a workspace and the vault's settings."""
EMBEDDED = "embedded"


def open_vault(kind: str, folder: Path, settings: Mapping[str, JsonValue], files: EncryptedFiles) -> Vault:
    """Return the vault of a workspace.

    Parameters
    ----------
    kind
        ``embedded``, or the name of an entry point.
    folder
        The directory of the workspace.
    settings
        What ``workspace.yml`` contains for a vault of this kind.
    files
        Files of the embedded vault.

    Raises
    ------
    InvalidInputError
        If no installed package has this kind.
    UnavailableError
        If it cannot be opened.
    """
    if kind == EMBEDDED:
        return EmbeddedVault(files)
    found = entry_points(group=GROUP)
    try:
        entry = found[kind]
    except KeyError:
        known = [EMBEDDED, *found.names]
        message = f"vault.kind: no installed package has the kind {kind!r}{nearest(kind, known)}: {', '.join(known)}"
        raise InvalidInputError(message, field="vault.kind") from None
    try:
        vault = entry.load()(folder, dict(settings))
    except Exception as error:
        raise UnavailableError(f"the vault {kind!r} cannot be opened: {type(error).__name__}: {error}") from error
    if not isinstance(vault, Vault):
        raise UnavailableError(f"the vault {kind!r} is not a jupyter_ml.vault.base.Vault, but {type(vault).__name__}")
    return vault
