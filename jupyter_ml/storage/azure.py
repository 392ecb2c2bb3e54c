# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read containers of Azure with the credentials of a datastore only.

adlfs prefers variables such as ``AZURE_STORAGE_CONNECTION_STRING`` to the credentials that it is given, and then reads
another account. Azure's client waits 15, 18 and 24 s between its attempts to connect, as if a server were busy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adlfs import AzureBlobFileSystem
from azure.core.credentials import AzureSasCredential
from azure.storage.blob.aio import BlobServiceClient

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from jupyter_ml.schemas.connections import Connection

__all__ = ["open_azure"]

RETRIES: dict[str, Any] = {"initial_backoff": 1, "increment_base": 2, "random_jitter_range": 1, "retry_total": 5}
"""Of requests: after about 1, 3, 5, 9 and 17 s; of connections, three times."""


def open_azure(connection: Connection, **options: Any) -> AzureBlobFileSystem:
    """Return the file system of a storage account.

    Raises
    ------
    InvalidInputError
        If a credential is not of the form that its name requires.
    """
    try:
        return _Account(connection, _credential(connection), **options)
    except ValueError as error:
        raise InvalidInputError(f"credentials: {error}") from None


class _Account(AzureBlobFileSystem):  # type: ignore[misc]  # adlfs has no types
    """A storage account, of Azure or of a server that has its API."""

    cachable = False

    def __init__(self, connection: Connection, credential: Any, **options: Any) -> None:
        settings = connection.settings
        name = settings["account_name"]
        self._url = settings.get("endpoint_url") or f"https://{name}.blob.{settings['endpoint']}"
        self._given = credential
        super().__init__(account_name=name, credential=credential, anon=credential is None, **options)

    def do_connect(self) -> None:
        """Connect; called by the constructor."""
        self.connection_string = self.sas_token = self.account_key = None
        self.account_url = self._url
        self.service_client = BlobServiceClient(
            self._url, credential=self._given, max_single_get_size=1024**2, **RETRIES
        )


def _credential(connection: Connection) -> Any:
    """Return the credential for Azure's client; None for public data."""
    given, settings = connection.credentials, connection.settings
    if "account_key" in given:
        return {"account_name": settings["account_name"], "account_key": given["account_key"]}
    if "sas_token" in given:
        return AzureSasCredential(given["sas_token"].lstrip("?"))
    if connection.identity == "anonymous":
        return None
    from azure.identity.aio import ClientSecretCredential, DefaultAzureCredential

    if "client_secret" not in given:
        return DefaultAzureCredential()
    authority = {"authority": given["authority_url"]} if "authority_url" in given else {}
    return ClientSecretCredential(given["tenant_id"], given["client_id"], given["client_secret"], **authority)
