# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Existing Jupyter servers as computes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.datastore_credentials import HttpUrl
from jupyter_ml.schemas.form_fields import ADVANCED
from jupyter_ml.schemas.vault import IN_VAULT, SecretName

__all__ = ["JUPYTER_SERVER_KEY_HINTS", "JupyterServerSettings"]

JUPYTER_SERVER_KEY_HINTS = {
    "token": IN_VAULT.format("token"),
}
"""Keys that are mistakes, and what to do instead."""

Path = Annotated[str, StringConstraints(pattern=r"^(~|/)[ -~]*$", max_length=1_000)]


class JupyterServerSettings(Schema):
    """How a Jupyter server is reached, and what is used there."""

    url: HttpUrl = Field(title="URL")
    """URL of the server with its base path, e.g. ``https://HOST/user/NAME/`` on JupyterHub."""
    token_secret: SecretName = Field(title="Token")
    """Name of the secret of the vault that has the token."""
    python: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/+-]{1,500}$")] = Field(
        default="python3", title="Python", json_schema_extra=ADVANCED
    )
    """The Python there that runs jobs, 3.11 or newer: a command of the terminal, or a path."""
    directory: Path = Field(default="~/.jupyter-ml", title="Directory", json_schema_extra=ADVANCED)
    """Directory there in which the compute has one of its own, for copies of files."""
    ca_file: Annotated[str, StringConstraints(max_length=4_096)] | None = Field(
        default=None, title="Certificates", json_schema_extra=ADVANCED
    )
    """File of this machine with the certificates that vouch for the server; by default those of this machine."""
