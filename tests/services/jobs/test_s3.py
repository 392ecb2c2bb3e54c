# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test artifacts and models in an S3 store, through the tree of files, archives and the command line."""

from __future__ import annotations

import io
import json
import os
import time
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from jupyter_ml.cli.jobs import job as command
from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.queries import FileQuery
from jupyter_ml.services.jobs.archives import MISSING
from tests.services.jobs.artifacts import MODEL, Artifacts
from tests.workspaces import TIMEOUT_S, files_with

boto3 = pytest.importorskip("boto3")

BUCKET = "team"


@pytest.fixture(scope="module")
def s3(s3_server):
    """Yield a client with a user of its own, which is in the environment as MLflow expects it."""
    url, credentials = s3_server.spec["endpoint_url"], s3_server.spec["credentials"]
    signed = {"aws_access_key_id": credentials["key"], "aws_secret_access_key": credentials["secret"]}
    iam = boto3.client("iam", endpoint_url=url, region_name="us-east-1", **signed)
    iam.create_user(UserName="team")
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    iam.put_user_policy(UserName="team", PolicyName="all", PolicyDocument=json.dumps(allow))
    key = iam.create_access_key(UserName="team")["AccessKey"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_S3_ENDPOINT_URL", url)
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3", endpoint_url=url)
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def job(opened, s3, request):
    """Return a running job whose artifacts are in a bucket."""
    name = request.node.name.removeprefix("test_")
    return Artifacts(opened, name, location=f"s3://{BUCKET}/{name}")


def log(s3, job, path, content=b"x"):
    """Store an artifact of a run, as MLflow names it."""
    prefix = job.workspace._context.tracking.details(job.run_id).artifact_uri.removeprefix(f"s3://{BUCKET}/")
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}/{path}", Body=content)


def test_a_tree_with_sizes(job, s3):
    job.write("std_log.txt", "log")
    log(s3, job, "plots/deep/curve.png", b"png")
    log(s3, job, "a b%41.txt", b"1234")

    def listed(path=""):
        found = job.workspace.files.list(job.name, FileQuery(path=path, recursive=False))
        assert not found.problems
        return [(item.path, item.directory, item.size_bytes) for item in found.items]

    assert listed() == [("plots", True, None), ("a b%41.txt", False, 4), ("std_log.txt", False, 3)]
    assert listed("plots/deep") == [("plots/deep/curve.png", False, 3)]
    with job.workspace.files.open(job.name, "a b%41.txt") as file:
        assert file.read() == b"1234"
    with pytest.raises(NotFoundError, match="has no file"):
        job.workspace.files.open(job.name, "plots/none.png")


def test_more_objects_than_a_page_of_s3(job, s3):
    for number in range(1_100):
        log(s3, job, f"many/{number:04}.txt", b"")
    found = job.workspace.files.list(job.name, FileQuery(path="many", limit=2_000))
    assert (len(found.items), found.items[-1].path) == (1_100, "many/1099.txt")


def test_an_archive_and_a_download(opened, s3, tmp_path, monkeypatch):
    monkeypatch.setattr(type(opened.supervisor), "ensure", lambda _: None)  # of the command's own workspace
    job = Artifacts(opened, "ended", location=f"s3://{BUCKET}/ended", imported=True)
    log(s3, job, "note.txt", b"note")
    log(s3, job, "plots/curve.png", b"png" * 1_000_000)
    archive = ZipFile(io.BytesIO(b"".join(job.workspace.files.archive(job.name))))
    assert sorted(archive.namelist()) == ["note.txt", "plots/curve.png"]
    assert len(archive.read("plots/curve.png")) == 3_000_000
    arguments = ["download", job.name, "-p", str(tmp_path), "--workspace", str(job.workspace.folder)]
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    assert (tmp_path / job.name / "plots/curve.png").stat().st_size == 3_000_000
    assert (tmp_path / job.name / "note.txt").read_text() == "note"


def test_a_model(job, s3):
    store = job.workspace._context.tracking._store
    experiment = store.get_run(job.run_id).info.experiment_id
    model = store.create_logged_model(experiment, name="model", source_run_id=job.run_id)
    prefix = model.artifact_location.removeprefix(f"s3://{BUCKET}/")
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}/MLmodel", Body=MODEL.encode())
    [shown] = job.workspace.runs.models(job.name).items
    assert (shown.name, shown.path, shown.problem) == ("model", "model", None)
    assert "sklearn" in shown.flavors
    with job.workspace.files.open(job.name, "model/MLmodel") as file:
        assert file.read().decode() == MODEL


def test_artifacts_that_are_gone(job, s3):
    log(s3, job, "curve.png")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{job.name}/")["Contents"]
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": each["Key"]} for each in found]})
    job.write("std_log.txt", "log")
    listed = job.workspace.files.list(job.name)
    assert ([item.path for item in listed.items], listed.problems) == (["std_log.txt"], [])


def test_a_bucket_that_does_not_exist(opened, s3):
    job = Artifacts(opened, "no-bucket", location="s3://gone/no-bucket")
    job.write("std_log.txt", "log")
    found = job.workspace.files.list(job.name)
    assert [item.path for item in found.items] == ["std_log.txt"]
    assert "s3://gone/no-bucket" in found.problems[0]
    assert "bucket does not exist" in found.problems[0]
    archive = ZipFile(io.BytesIO(b"".join(job.workspace.files.archive(job.name))))
    assert archive.namelist() == ["std_log.txt", MISSING]


def test_a_store_that_does_not_listen(job, monkeypatch):
    monkeypatch.setenv("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:9")
    job.write("std_log.txt", "log")
    began = time.monotonic()
    found = job.workspace.files.list(job.name)
    assert time.monotonic() - began < TIMEOUT_S
    assert [item.path for item in found.items] == ["std_log.txt"]
    assert "127.0.0.1:9" in found.problems[0]


LOG = """
import mlflow, os, subprocess
mlflow.log_text("logged", "note.txt")
mlflow.log_dict({"a": 1}, "deep/a.json")
run = mlflow.get_run(mlflow.active_run().info.run_id if mlflow.active_run() else os.environ["MLFLOW_RUN_ID"])
print(mlflow.artifacts.load_text(run.info.artifact_uri + "/note.txt"))
inherited = subprocess.run(["env"], capture_output=True, text=True, check=True).stdout
names = [*os.environ, *(line.partition("=")[0] for line in inherited.splitlines())]
print("AWS:", [name for name in names if name.startswith("AWS")])
open("outputs/result.txt", "w").write("result")
"""
"""Logs and reads artifacts, and prints which variables of AWS it and its children have."""


@pytest.mark.integration
@pytest.mark.parametrize("stored", ["variables", "datastore"])
def test_a_job_logs_into_the_bucket_of_its_workspace(make_workspace, s3, s3_server, tmp_path, stored):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "log.py").write_text(LOG)
    secrets = [os.environ["AWS_SECRET_ACCESS_KEY"], s3_server.spec["credentials"]["secret"]]
    with make_workspace(tmp_path / "s3", artifacts=f"s3://{BUCKET}/{stored}") as workspace:
        if stored == "datastore":
            workspace.datastores.create({"name": "team", **s3_server.spec, "bucket": BUCKET, "prefix": None})
        job = workspace.jobs.submit({"type": "command", "command": "python log.py", "code": str(tmp_path / "code")})
        state = workspace.jobs.wait(job.name).state
        log = (workspace.folder / "jobs" / job.name / "1" / "std_log.txt").read_text()
        assert state == "Completed", log
        assert "logged" in log
        assert "AWS: []" in log
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{stored}/")["Contents"]]
        names = {key.rpartition("/artifacts/")[2] for key in keys}
        assert {"note.txt", "deep/a.json", "outputs/result.txt"} <= names
        with workspace.files.open(job.name, "note.txt") as file:
            assert file.read() == b"logged"
        events = workspace._context.store.events.since(0)
        assert [event.data["job"] for event in events if event.name == "workspaceartifactstore"] == [job.name]
        assert files_with(workspace.folder, *secrets) == []
