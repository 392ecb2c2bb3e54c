# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Machines over SSH. Their keys include those of Azure ML's ``virtualmachine``."""

from __future__ import annotations

import base64
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.form_fields import ADVANCED
from jupyter_ml.schemas.vault import IN_VAULT, SecretName

__all__ = ["SSH_KEY_HINTS", "SshSettings", "ssh_from_azure"]

SSH_KEY_HINTS = {
    "resource_id": "names a machine of Azure; write its address as host",
    "identity": "a machine has no identity in a cloud; remove the key",
    "location": "a machine is where it is; remove the key",
    "tags": "not supported: write a description",
    "password": IN_VAULT.format("password"),
    "passphrase": IN_VAULT.format("passphrase"),
    "ssh_settings.admin_password": IN_VAULT.format("password"),
    "ssh_settings": "must be an object",
}
"""Keys of Azure ML's virtual machines that have no meaning here, and what to do about them."""
_SSH_SETTINGS = {
    "admin_username": "username",
    "ssh_port": "port",
    "ssh_private_key_file": "private_key_file",
}
"""Azure ML's names of settings."""


def _public_key(text: str) -> str:
    kind, _, encoded = text.partition(" ")
    try:
        content = base64.b64decode(encoded.split(" ")[0], validate=True)
    except ValueError:
        content = b""
    if not content[4:].startswith(kind.encode()) or not kind:
        raise ValueError("is not a public key, such as 'ssh-ed25519 AAAA…': see /etc/ssh/ssh_host_*_key.pub there")
    return text


class SshSettings(Schema):
    """How a machine is reached, and what is used there."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\[][A-Za-z0-9._:%\]-]{0,254}$")] = Field(title="Host")
    """Name or address of the machine, or a host of ``~/.ssh/config``."""
    port: int | None = Field(strict=True, default=None, ge=1, le=65_535, title="Port", json_schema_extra=ADVANCED)
    """Port of its SSH server; by default that of ``~/.ssh/config``, or 22."""
    username: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._@\\-]{0,254}\$?$")] | None = Field(
        default=None, title="User"
    )
    """User there; by default that of ``~/.ssh/config``, or your name on this machine."""
    private_key_file: Annotated[str, StringConstraints(pattern=r"^(~/|/)[^\x00\r\n]*$", max_length=4_096)] | None = (
        Field(default=None, title="Private key file")
    )
    """File of this machine with the private key; by default the keys of the SSH agent and of ``~/.ssh``."""
    passphrase_secret: SecretName | None = Field(default=None, title="Passphrase")
    """Name of a secret of the vault with the passphrase of the private key."""
    password_secret: SecretName | None = Field(default=None, title="Password")
    """Name of a secret of the vault with the password of the user."""
    host_key: Annotated[str, StringConstraints(max_length=4_096), AfterValidator(_public_key)] | None = Field(
        default=None, title="Host key", json_schema_extra=ADVANCED
    )
    """Public key of the machine, such as ``ssh-ed25519 AAAA…``; by default that of ``~/.ssh/known_hosts``."""
    python: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/~+-]{1,500}$")] = Field(
        default="python3", title="Python", json_schema_extra=ADVANCED
    )
    """The Python there that runs jobs, 3.11 or newer: a command or a path."""
    directory: Annotated[str, StringConstraints(pattern=r"^(~|/)[^\x00\r\n]*$", max_length=1_000)] = Field(
        default="~/.jupyter-ml", title="Directory", json_schema_extra=ADVANCED
    )
    """Directory there in which the compute has one of its own, for copies of files."""


def ssh_from_azure(data: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a ``virtualmachine`` of Azure ML as those of a machine over SSH."""
    data = {**data, "type": "ssh"}
    given = data.pop("ssh_settings", None)
    if not isinstance(given, dict):
        return data if given is None else {**data, "ssh_settings": given}
    return {**{_SSH_SETTINGS.get(key, f"ssh_settings.{key}"): value for key, value in given.items()}, **data}
