# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Variables that are passed to a job and to the supervisor, and values that are redacted."""

from __future__ import annotations

import os
import sys

import pytest

from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.redaction.variables import confidential
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.workspace import WorkspaceSettings
from jupyter_ml.services.context import WorkspaceContext
from jupyter_ml.services.environment import client_of, lasting_python, supervisor_environment

PLANTED = {
    "PATH": "/bin",
    "HOME": "/home/me",
    "LC_TIME": "de_DE.UTF-8",
    "https_proxy": "http://proxy",
    "OMP_NUM_THREADS": "2",
    "PGPASSWORD": "database-password",
    "AWS_SECRET_ACCESS_KEY": "object-store-key",
    "GITHUB_TOKEN": "token-of-somebody",
    "HF_HOME": "/models",
    "JUPYTER_ML_RUN": "of another job",
    "JPY_PARENT_PID": "1",
    "JUPYTERHUB_API_TOKEN": "token-of-the-hub",
    MARKER: "another attempt",
    "BASH_FUNC_ll%%": "() { ls -l; }",
    "HALF": os.fsdecode(b"half\xff"),
}
LOCAL = WorkspaceSettings()
TEAM = WorkspaceSettings(database="postgresql+psycopg://ml@db/team", artifacts="s3://bucket/artifacts")


@pytest.fixture(autouse=True)
def planted(monkeypatch):
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)


def test_a_job_gets_the_usual_variables_and_the_named_ones():
    usual = {"PATH", "HOME", "LC_TIME", "https_proxy", "OMP_NUM_THREADS"}
    client = client_of(LOCAL, CommandJob(command="true"))
    assert client.environment.keys() == usual
    assert [name for name in client.others if name != "PYTEST_CURRENT_TEST"] == [
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "HALF",
        "HF_HOME",
        "JUPYTER_ML_RUN",
        "PGPASSWORD",
    ]
    assert client.python == sys.executable
    named = client_of(LOCAL, CommandJob(command="true", pass_environment=["HALF", "GITHUB_TOKEN"]))
    assert named.environment.keys() == usual | {"HALF", "GITHUB_TOKEN"}
    assert named.environment["HALF"] == PLANTED["HALF"]
    assert client_of(WorkspaceSettings(pass_environment=["HF_*"])).environment.keys() == usual | {"HF_HOME"}
    everything = client_of(WorkspaceSettings(pass_environment=["*"])).environment
    assert everything.keys() - {"PYTEST_CURRENT_TEST"} == PLANTED.keys() - {
        MARKER,
        "JPY_PARENT_PID",
        "JUPYTERHUB_API_TOKEN",
    }


def test_credentials_of_artifacts_reach_the_supervisor_and_no_job():
    system = {"PATH", "HOME", "LC_TIME", "https_proxy"}
    assert supervisor_environment(LOCAL).keys() == system
    assert supervisor_environment(TEAM).keys() == system | {"PGPASSWORD", "AWS_SECRET_ACCESS_KEY"}
    client = client_of(TEAM)
    assert client.environment.keys() == system | {"OMP_NUM_THREADS", "PGPASSWORD"}
    assert client.access == {"AWS_SECRET_ACCESS_KEY": "object-store-key"}
    assert client_of(LOCAL).access == {}
    named = client_of(TEAM, CommandJob(command="true", pass_environment=["AWS_SECRET_ACCESS_KEY"]))
    assert named.environment["AWS_SECRET_ACCESS_KEY"] == "object-store-key"


def test_a_missing_variable_is_named():
    with pytest.raises(InvalidInputError, match="NOWHERE is not set") as caught:
        client_of(LOCAL, CommandJob(command="true", pass_environment=["HOME", "NOWHERE"]))
    assert caught.value.field == "pass_environment"


def test_confidential_values_are_found_by_name_and_in_urls():
    environment = {
        "DB_PASSWORD": "correct horse",
        "api_key": "lower-case-key",
        "SHORT_TOKEN": "true",
        "TOKEN_FILE": "/run/token-file",
        "HTTP_PROXY": "http://me:of-the-proxy@proxy:1",
        "ODD": "http://[half",
        "UV_INDEX": "ours=https://ann:of-the@index@a/simple https://ghp_0123456789abcdefghij@b/simple http://ann.smith@c",
        "QUOTED": "https://ann:of%2Fthe%2Fother@d",
    }
    assert confidential(environment) == [
        "correct horse",
        "lower-case-key",
        "of-the-proxy",
        "of-the@index",
        "ghp_0123456789abcdefghij",
        "of%2Fthe%2Fother",
        "of/the/other",
    ]


def test_python_in_a_job_is_the_one_below_its_own_environment(monkeypatch, tmp_path):
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\njupyter-ml-base = /opt/a venv/bin/python\n")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert lasting_python() == "/opt/a venv/bin/python"


@pytest.mark.parametrize("query", ["password=x", "sslmode=require&sslpassword=y"])
def test_a_password_in_the_address_of_the_database_is_refused(query):
    with pytest.raises(ValueError, match="does not belong into"):
        WorkspaceSettings(database=f"postgresql+psycopg://ml@db/team?{query}")


@pytest.mark.parametrize(
    ("artifacts", "message"),
    [
        ("s3://key:hunter2hunter2@host/bucket", "the s3 URL has a secret"),
        ("https://account.blob.core.windows.net/c?sig=hunter2hunter2", "the https URL has a secret"),
        ("azureml:data:1", "'azureml:data:1' is not a path or URL"),
        ("", "must not be empty"),
    ],
)
def test_the_address_of_artifacts_has_no_secret_and_is_one(tmp_path, artifacts, message):
    (tmp_path / "workspace.yml").write_text(f"name: a\nartifacts: {artifacts!r}\n")
    with pytest.raises(InvalidInputError) as caught:
        WorkspaceContext.open(tmp_path)
    assert f"workspace.yml:2: artifacts: {message}" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    for good in ("s3://bucket/prefix", "/srv/team", "artifacts", "abfss://c@account.dfs.core.windows.net/x"):
        assert WorkspaceSettings(artifacts=good).artifacts == good
