# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The connection with which a job reads and writes the artifacts of the workspace, if these are in a cloud."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.url_locations import path_below, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ACCESS", "SETTINGS", "artifact_connection"]

ACCESS = {
    "s3": ("AWS_*", "MLFLOW_S3_*"),
    "gs": ("GOOGLE_*", "CLOUDSDK_CONFIG"),
    "wasb": ("AZURE_*",),
    "wasbs": ("AZURE_*",),
    "abfs": ("AZURE_*",),
    "abfss": ("AZURE_*",),
}
"""Variables that give access to the artifacts of a workspace, by the scheme of their URI; no job inherits them."""
SETTINGS = {"s3": ("MLFLOW_S3_*",)}
"""Those of them that are MLflow's settings rather than credentials, which each job gets."""


def artifact_connection(
    artifacts: str | None, variables: Mapping[str, str], datastores: Mapping[str, Connection]
) -> Connection | None:
    """Return a connection for the artifacts of a workspace; None if the cloud's library finds the credentials.

    Parameters
    ----------
    artifacts
        Their location, as in the settings of the workspace.
    variables
        Variables of the client (`ACCESS`), which are used unless a datastore has credentials for the location.
    datastores
        Connections of the datastores.
    """
    if urlsplit(artifacts or "").scheme not in ACCESS:
        return None
    assert artifacts is not None
    place = place_of(artifacts)
    for connection in datastores.values():
        if connection.credentials and path_below(place, connection) is not None:
            return connection
    settings = {key: value for key, value in place.connection.settings.items() if key != "identity"}
    more, credentials = _FROM_VARIABLES[place.connection.type](variables)
    return Connection(place.connection.type, settings | more, credentials) if credentials else None


def _aws(variables: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    names = {"key": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY", "token": "AWS_SESSION_TOKEN"}
    given = {name: variables[variable] for name, variable in names.items() if variables.get(variable)}
    addresses = ("MLFLOW_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    settings = {
        "endpoint_url": _first(variables, *addresses),
        "region": _first(variables, "AWS_DEFAULT_REGION", "AWS_REGION"),
    }
    return settings, given if {"key", "secret"} <= given.keys() else {}


def _azure(variables: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    parts = dict(part.partition("=")[::2] for part in variables.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";"))
    address = {"endpoint_url": parts["BlobEndpoint"].rstrip("/")} if "BlobEndpoint" in parts else {}
    if key := parts.get("AccountKey") or variables.get("AZURE_STORAGE_ACCESS_KEY"):
        return address, {"account_key": key}
    if "SharedAccessSignature" in parts:
        return address, {"sas_token": parts["SharedAccessSignature"]}
    names = {"tenant_id": "AZURE_TENANT_ID", "client_id": "AZURE_CLIENT_ID", "client_secret": "AZURE_CLIENT_SECRET"}
    principal = {name: variables[variable] for name, variable in names.items() if variables.get(variable)}
    return {}, principal if len(principal) == len(names) else {}


def _google(variables: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    file = variables.get("GOOGLE_APPLICATION_CREDENTIALS")
    try:
        return {}, {"token": Path(file).read_text(encoding="utf-8")} if file else {}
    except (OSError, ValueError):  # the job fails with the message of Google's library
        return {}, {}


def _first(variables: Mapping[str, str], *names: str) -> str | None:
    return next((variables[name] for name in names if variables.get(name)), None)


_FROM_VARIABLES = {"s3": _aws, "gcs": _google, "azure_blob": _azure, "azure_data_lake_gen2": _azure}
