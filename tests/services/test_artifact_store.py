# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The connection to the artifacts of a workspace comes from a datastore, or from the variables of the client."""

from __future__ import annotations

import pytest

from jupyter_ml.broker.messages import ARTIFACT_STORE
from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.services.artifact_store import artifact_connection
from jupyter_ml.tracking import artifact_access

KEY = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "of-the-client"}
AZURE = "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=a2V5==;BlobEndpoint=https://acc.blob.x/"
BLOB = {"account_name": "acc", "container_name": "box", "endpoint": "core.windows.net"}
WASBS = "wasbs://box@acc.blob.core.windows.net/x"
PRINCIPAL = {"AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s-e-c-r-e-t"}


@pytest.mark.parametrize(
    ("artifacts", "variables", "settings", "credentials"),
    [
        (
            "s3://team/x",
            {**KEY, "AWS_SESSION_TOKEN": "t", "AWS_REGION": "eu", "MLFLOW_S3_ENDPOINT_URL": "http://s3"},
            {"bucket": "team", "endpoint_url": "http://s3", "region": "eu"},
            {"key": "AKIA", "secret": "of-the-client", "token": "t"},
        ),
        (WASBS, {"AZURE_STORAGE_ACCESS_KEY": "a2V5"}, BLOB, {"account_key": "a2V5"}),
        (
            WASBS,
            {"AZURE_STORAGE_CONNECTION_STRING": AZURE},
            {**BLOB, "endpoint_url": "https://acc.blob.x"},
            {"account_key": "a2V5=="},
        ),
        (
            "abfss://box@acc.dfs.core.windows.net/x",
            PRINCIPAL,
            {"account_name": "acc", "filesystem": "box", "endpoint": "core.windows.net"},
            {"tenant_id": "t", "client_id": "c", "client_secret": "s-e-c-r-e-t"},
        ),
    ],
)
def test_variables_of_the_client_are_a_connection(artifacts, variables, settings, credentials):
    found = artifact_connection(artifacts, variables, {})
    assert (found.settings, found.credentials) == (settings, credentials)


def test_a_key_file_of_google_is_read(tmp_path):
    (tmp_path / "key.json").write_text("{}")
    variables = {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "key.json")}
    assert artifact_connection("gs://team/x", variables, {}) == Connection("gcs", {"bucket": "team"}, {"token": "{}"})
    (tmp_path / "key.json").unlink()
    assert artifact_connection("gs://team/x", variables, {}) is None


@pytest.mark.parametrize(
    ("artifacts", "variables"),
    [
        (None, KEY),
        ("/srv/artifacts", KEY),
        ("s3://team/x", {"AWS_PROFILE": "team"}),
        ("s3://team/x", {"AWS_ACCESS_KEY_ID": "AKIA"}),
        (WASBS, {"AZURE_CLIENT_ID": "c"}),
    ],
)
def test_without_a_key_the_library_of_the_cloud_finds_one(artifacts, variables):
    assert artifact_connection(artifacts, variables, {}) is None


def test_a_datastore_with_credentials_for_the_place_comes_first():
    stores = {
        "other": Connection("s3", {"bucket": "other"}, {"key": "a", "secret": "b"}),
        "public": Connection("s3", {"bucket": "team"}),
        "below": Connection("s3", {"bucket": "team", "prefix": "y"}, {"key": "a", "secret": "b"}),
    }
    assert artifact_connection("s3://team/x", KEY, stores).credentials["key"] == "AKIA"
    stores["team"] = Connection("s3", {"bucket": "team", "prefix": "x"}, {"key": "c", "secret": "d"})
    assert artifact_connection("s3://team/x", KEY, stores) is stores["team"]


@pytest.fixture
def registry(monkeypatch):
    """Return MLflow's registry of artifact repositories, which is restored afterwards."""
    from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry as registry

    monkeypatch.setattr(registry, "_registry", dict(registry._registry))
    return registry


@pytest.mark.parametrize(
    ("root", "connection", "client"),
    [
        (
            WASBS,
            Connection("azure_blob", BLOB, {"account_key": "a2V5"}),
            lambda repository: repository.client.credential.account_key == "a2V5",
        ),
        (
            WASBS,
            Connection("azure_blob", BLOB, {"sas_token": "?sig=abcdef"}),
            lambda repository: repository.client.url.startswith("https://acc.blob.core.windows.net"),
        ),
        (
            "gs://team/x",
            Connection("gcs", {"bucket": "team", "project": "p"}, {"token": "ya29.token"}),
            lambda repository: repository.client._credentials.token == "ya29.token",
        ),
    ],
)
def test_repositories_of_other_clouds_get_the_credentials(registry, monkeypatch, root, connection, client):
    asked = []
    monkeypatch.setattr(artifact_access, "ask", lambda name: asked.append(name) or connection)
    artifact_access.use_broker(root)
    assert client(registry.get_artifact_repository(f"{root}/1/artifacts"))
    assert client(registry.get_artifact_repository(f"{root}/2/artifacts"))
    assert asked == [ARTIFACT_STORE]


def test_another_place_is_opened_as_mlflow_does(registry, monkeypatch):
    monkeypatch.setattr(artifact_access, "ask", lambda _: pytest.fail("nothing was to be asked for"))
    artifact_access.use_broker("s3://team/x")
    registry.get_artifact_repository("s3://team/xy/artifacts")
    artifact_access.use_broker("/srv/artifacts")
    assert registry.get_artifact_repository("/srv/artifacts")


def test_without_a_connection_mlflow_opens_the_artifacts_by_itself(registry, monkeypatch):
    def ask(_):
        raise NotFoundError("there is no connection")

    monkeypatch.setattr(artifact_access, "ask", ask)
    artifact_access.use_broker("s3://team/x")
    assert (
        type(registry.get_artifact_repository("s3://team/x/1")).__module__ == "mlflow.store.artifact.s3_artifact_repo"
    )
