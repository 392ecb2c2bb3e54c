# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What gives access to a datastore: its credentials, else the identity that it names, and nothing else."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.datastores import DatastoreCreate
from jupyter_ml.schemas.validation import validated
from jupyter_ml.storage.azureml import AzureMLFileSystem
from jupyter_ml.storage.filesystems import open_filesystem

if TYPE_CHECKING:
    from tests.storage_servers import StorageServer

URL = "azureml://datastores/lake/paths"


def connection(spec: dict[str, Any]) -> Connection:
    given = validated(DatastoreCreate, {"name": "lake", **spec})
    return Connection(given.type, given.settings, given.secrets())


def names(spec: dict[str, Any]) -> list[str]:
    with closing(AzureMLFileSystem(lambda *_: connection(spec), skip_instance_cache=True)) as files:
        return list(files.ls(URL, detail=False))


@pytest.fixture
def without(s3_server: StorageServer, monkeypatch) -> dict[str, Any]:
    """Return a datastore without credentials; the process has some that would do."""
    credentials = s3_server.spec["credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials["secret"])
    return {key: value for key, value in s3_server.spec.items() if key != "credentials"}


def test_the_variables_of_the_process_are_used_only_if_the_datastore_names_that_identity(
    without: dict[str, Any],
) -> None:
    with pytest.raises((PermissionError, OSError)):
        names(without)
    assert len(names({**without, "identity": "environment"})) == 3


def test_credentials_take_precedence(s3_server: StorageServer, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "other")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "other")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    for identity in ("environment", "anonymous"):
        assert len(names({**s3_server.spec, "identity": identity})) == 3
    amazon = {key: value for key, value in s3_server.spec.items() if key != "endpoint_url"}
    opened = open_filesystem(connection(amazon))
    opened.filesystem.connect()
    assert opened.filesystem.s3.meta.endpoint_url.endswith(".amazonaws.com")  # not to another server


def test_the_error_names_the_remedy(workspace, without: dict[str, Any]) -> None:
    workspace.datastores.create({"name": "lake", **without})
    for call in (workspace.datastores.test, workspace.datastores.browse):
        with pytest.raises(UnavailableError, match="without credentials: set them, or create it with identity"):
            call("lake")


def test_sftp_without_credentials_is_refused(sftp_server: StorageServer) -> None:
    spec = {key: value for key, value in sftp_server.spec.items() if key != "credentials"}
    with pytest.raises(UnavailableError, match="has no credentials: set them, or create it with identity: environment"):
        names(spec)


def test_google_without_credentials_is_anonymous(monkeypatch) -> None:
    from google.oauth2.credentials import Credentials

    monkeypatch.setattr("google.auth.default", lambda **_: (Credentials("of-the-machine"), "project"))
    bucket = {"type": "gcs", "bucket": "b"}
    assert open_filesystem(connection(bucket)).filesystem.credentials.token == "anon"
    found = open_filesystem(connection({**bucket, "identity": "environment"})).filesystem.credentials
    assert found.credentials.token == "of-the-machine"


class Sent(Exception):  # noqa: N818 -- ends a request
    """Has the request that would be sent."""


@pytest.fixture
def azure_requests(monkeypatch) -> list[Any]:
    """Return the requests that Azure's client would send, and the scopes of its tokens."""
    from azure.core.credentials import AccessTokenInfo
    from azure.core.pipeline.transport import AioHttpTransport
    from azure.identity.aio import ClientSecretCredential, DefaultAzureCredential

    found: list[Any] = []

    async def send(self: Any, request: Any, **_: Any) -> None:
        found.append(request)
        raise Sent

    async def token(self: Any, *scopes: str, **_: Any) -> AccessTokenInfo:
        found.extend(scopes)
        return AccessTokenInfo(f"token-of-{type(self).__name__}", 2**40)

    monkeypatch.setattr(AioHttpTransport, "send", send)
    for kind in (ClientSecretCredential, DefaultAzureCredential):
        for name in ("get_token", "get_token_info"):
            monkeypatch.setattr(kind, name, token, raising=False)
    return found


PRINCIPAL = {
    "tenant_id": "t",
    "client_id": "c",
    "client_secret": "s-e-c-r-e-t",
    "authority_url": "https://login.example",
}
LAKE = {"type": "azure_data_lake_gen2", "account_name": "acc", "filesystem": "fs"}
BLOB = {"type": "azure_blob", "account_name": "acc", "container_name": "fs"}


@pytest.mark.parametrize(
    ("spec", "authorization", "signature"),
    [
        ({**LAKE, "credentials": PRINCIPAL}, "Bearer token-of-ClientSecretCredential", None),
        (LAKE, "Bearer token-of-DefaultAzureCredential", None),
        ({**LAKE, "identity": "anonymous"}, None, None),
        (BLOB, "Bearer token-of-DefaultAzureCredential", None),
        ({**BLOB, "credentials": {"account_key": "S0VZ"}}, "SharedKey acc:", None),
        ({**BLOB, "credentials": {"sas_token": "?sv=1&sig=abc%2Fdef"}}, None, "abc%2Fdef"),
    ],
)
def test_requests_to_azure(azure_requests: list[Any], spec: dict[str, Any], authorization, signature) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- of any library
        names(spec)
    assert "Sent" in repr(caught.value) or isinstance(caught.value, Sent), caught.value
    *scopes, request = azure_requests
    assert request.url.startswith("https://acc.blob.core.windows.net/fs?")
    assert ("comp=list" in request.url, "restype=container" in request.url) == (True, True)
    sent = request.headers.get("Authorization")
    assert (sent or "").startswith(authorization or "")
    assert (sent is None) == (authorization is None)
    assert (f"sig={signature}" in request.url) == (signature is not None)
    assert set(scopes) == (
        {"https://storage.azure.com/.default"} if (authorization or "").startswith("Bearer") else set()
    )
