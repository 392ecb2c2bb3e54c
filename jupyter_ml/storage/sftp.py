# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Connect to an SFTP server whose key is known."""

from __future__ import annotations

import io
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from jupyter_ml.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from jupyter_ml.schemas.connections import Connection

__all__ = ["open_sftp"]

CONNECT_S = 10
SSH_PORT = 22
KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class _KnownHostFileSystem(SFTPFileSystem):  # type: ignore[misc]  # has no types
    """A file system that only connects to a server with a known key; fsspec's own trusts any server."""

    def _connect(self) -> None:
        options: dict[str, Any] = self.ssh_kwargs
        host_key = options.pop("host_key")
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        if host_key is None:
            self.client.load_system_host_keys()
        else:
            kind, _, text = host_key.partition(" ")
            port = options["port"]
            name = self.host if port == SSH_PORT else f"[{self.host}]:{port}"
            self.client.get_host_keys().add(name, kind, paramiko.PKey.from_type_string(kind, b64decode(text)))
        self.client.connect(self.host, **options)
        options.clear()
        self.ftp = self.client.open_sftp()


def open_sftp(connection: Connection) -> SFTPFileSystem:
    """Return the connected file system.

    Raises
    ------
    UnavailableError
        If the server cannot be reached, has another key, or refuses the credentials.
    """
    settings = connection.settings
    server = f"{settings['host']}:{settings['port']}"
    try:
        return _KnownHostFileSystem(
            settings["host"],
            port=settings["port"],
            host_key=settings.get("host_key"),
            timeout=CONNECT_S,
            banner_timeout=CONNECT_S,
            auth_timeout=CONNECT_S,
            skip_instance_cache=True,
            **_credentials(connection),
        )
    except paramiko.BadHostKeyException:
        raise UnavailableError(
            f"{server} has another key than host_key or ~/.ssh/known_hosts: do not trust it"
        ) from None
    except paramiko.AuthenticationException:
        raise UnavailableError(f"{server} refuses the credentials") from None
    except paramiko.SSHException as error:
        if "known_hosts" in str(error):
            raise UnavailableError(
                f"the key of {server} is not known: set host_key, e.g. to what ssh-keyscan prints, or add the server "
                "to ~/.ssh/known_hosts"
            ) from None
        raise UnavailableError(f"{server} cannot be used: {error}") from None


def _credentials(connection: Connection) -> dict[str, Any]:
    if connection.identity == "environment":
        return {}
    given = connection.credentials
    if not given:
        raise UnavailableError("it has no credentials: set them, or create it with identity: environment")
    text = given.get("private_key")
    own = {"pkey": _private_key(text)} if text else {"password": given["password"]}
    return {"username": given["user"], "look_for_keys": False, "allow_agent": False, **own}


def _private_key(text: str) -> paramiko.PKey:
    for kind in KEYS:
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise InvalidInputError("credentials.private_key is not an OpenSSH private key without a passphrase") from None
