# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a vault has, without values."""

from __future__ import annotations

from typing import Literal

from jupyter_ml.schemas.base import Schema

__all__ = ["VaultEntry"]


class VaultEntry(Schema):
    """Something that is stored in the vault."""

    name: str
    """Name of the secret or of the datastore."""
    kind: Literal["secret", "datastore", "unused"]
    """A secret of the workspace, the credentials of a datastore, or what no datastore refers to any more."""
    scope: str
    """Its name in the vault."""
