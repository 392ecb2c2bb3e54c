# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Access to the artifacts of a workspace that are in a cloud, without credentials in the environment of the process.

MLflow's artifact repositories read variables such as ``AWS_SECRET_ACCESS_KEY``, which each child process inherits and
other programs of the user can see. In a job the connection comes from the broker instead, when artifacts are read or
written.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from jupyter_ml.broker.client import ask
from jupyter_ml.broker.messages import ARTIFACT_STORE
from jupyter_ml.errors import JupyterMLError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.connections import Connection

__all__ = ["use_broker", "use_connection"]


def use_broker(artifacts: str) -> None:
    """Make MLflow open what is below `artifacts` with the connection of the broker, if that has one."""
    use_connection(artifacts, _of_broker)


def _of_broker() -> Connection | None:
    try:
        return ask(ARTIFACT_STORE)
    except JupyterMLError:
        return None


def use_connection(artifacts: str, find: Callable[[], Connection | None]) -> None:
    """Make MLflow open what is below `artifacts` with the connection that `find` returns when it is needed first.

    If that is None, MLflow opens it as it does by itself.
    """
    scheme = artifacts.partition("://")[0]
    if scheme not in _REPOSITORIES:
        return
    from mlflow.store.artifact import artifact_repository_registry

    registry: Any = artifact_repository_registry._artifact_repository_registry  # noqa: SLF001 -- its public twin is for packages
    builder = registry.get_registered_artifact_repositories()[scheme]
    registry.register(scheme, _Repositories(artifacts, scheme, builder, find))


class _Repositories:
    """Builds the artifact repositories of a scheme; called by MLflow."""

    def __init__(
        self, artifacts: str, scheme: str, default: Callable[..., Any], find: Callable[[], Connection | None]
    ) -> None:
        self._artifacts, self._default, self._build = artifacts.rstrip("/"), default, _REPOSITORIES[scheme]
        self._find = find

    def __call__(self, artifact_uri: str, **options: Any) -> Any:
        inside = artifact_uri == self._artifacts or artifact_uri.startswith(f"{self._artifacts}/")
        if not inside or self._connection is None:
            return self._default(artifact_uri, **options)
        return self._build(artifact_uri, self._connection, options)

    @cached_property
    def _connection(self) -> Connection | None:
        return self._find()


def _s3(uri: str, connection: Connection, options: dict[str, Any]) -> Any:
    from mlflow.store.artifact import s3_artifact_repo

    settings, given = connection.settings, connection.credentials
    client: Any = s3_artifact_repo._get_s3_client  # noqa: SLF001 -- the repository's own has no region and address

    class Repository(s3_artifact_repo.S3ArtifactRepository):
        def _get_s3_client(self) -> Any:
            return client(
                access_key_id=given["key"],
                secret_access_key=given["secret"],
                session_token=given.get("token"),
                region_name=settings.get("region"),
                s3_endpoint_url=settings.get("endpoint_url"),
            )

    return Repository(uri, **options)


def _gcs(uri: str, connection: Connection, options: dict[str, Any]) -> Any:
    import json

    from google.cloud import storage
    from google.oauth2.credentials import Credentials
    from mlflow.store.artifact.gcs_artifact_repo import GCSArtifactRepository

    token, project = connection.credentials["token"], connection.settings.get("project")
    if token.lstrip().startswith("{"):
        client = storage.Client.from_service_account_info(json.loads(token))
    else:
        client = storage.Client(project, credentials=Credentials(token))  # type: ignore[no-untyped-call]
    return GCSArtifactRepository(uri, client=client, **options)


def _azure_blob(uri: str, connection: Connection, options: dict[str, Any]) -> Any:
    from azure.storage.blob import BlobServiceClient
    from mlflow.store.artifact.azure_blob_artifact_repo import AzureBlobArtifactRepository

    settings = connection.settings
    url = settings.get("endpoint_url") or f"https://{settings['account_name']}.blob.{settings['endpoint']}"
    return AzureBlobArtifactRepository(
        uri, client=BlobServiceClient(url, credential=_azure_credential(connection)), **options
    )


def _azure_data_lake(uri: str, connection: Connection, options: dict[str, Any]) -> Any:
    from mlflow.store.artifact.azure_data_lake_artifact_repo import AzureDataLakeArtifactRepository

    return AzureDataLakeArtifactRepository(uri, credential=_azure_credential(connection), **options)


def _azure_credential(connection: Connection) -> Any:
    given, account = connection.credentials, connection.settings["account_name"]
    if "account_key" in given:
        return {"account_name": account, "account_key": given["account_key"]}
    if "sas_token" in given:
        from azure.core.credentials import AzureSasCredential

        return AzureSasCredential(given["sas_token"].lstrip("?"))
    from azure.identity import ClientSecretCredential

    authority = {"authority": given["authority_url"]} if "authority_url" in given else {}
    return ClientSecretCredential(given["tenant_id"], given["client_id"], given["client_secret"], **authority)


_REPOSITORIES: dict[str, Callable[[str, Connection, dict[str, Any]], Any]] = {
    "s3": _s3,
    "gs": _gcs,
    "wasbs": _azure_blob,
    "abfss": _azure_data_lake,
}
"""How MLflow's repository of a scheme is opened with a connection."""
