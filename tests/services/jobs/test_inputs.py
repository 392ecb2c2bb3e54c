# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs name data that they read: it is resolved when they are submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import InvalidInputError
from tests.services.jobs.reading import command
from tests.storage_servers import CSV

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job


@pytest.fixture
def quiet(workspace, monkeypatch):
    """Return a workspace without a supervisor, in which jobs are submitted without starting a process."""
    monkeypatch.setattr("jupyter_ml.services.jobs.types.base.git_state", lambda _: None)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    monkeypatch.setattr("jupyter_ml.services.jobs.listing.IMPORT_TIMEOUT_S", 0.0)  # nothing imports runs
    return workspace


def test_a_reference_is_pinned_when_a_job_is_submitted(quiet, tmp_path):
    for number in (1, 2):
        (tmp_path / f"{number}.csv").write_text(CSV)
        quiet.data.create({"name": "titanic", "path": str(tmp_path / f"{number}.csv"), "labels": [f"l{number}"]})
    references = {
        "azureml:titanic@latest": 2,
        "azureml:titanic:1": 1,
        "azureml:titanic@l1": 1,
        "azureml://data/titanic/versions/1": 1,
        "azureml://data/titanic/labels/latest": 2,
    }
    for reference, version in references.items():
        for given in (reference, {"path": reference}, {"path": reference, "type": "uri_file"}):
            job = quiet.jobs.submit(command(given))
            assert job.spec.inputs["train"].path == reference
            record = quiet.jobs.get(job.name).inputs["train"]
            found = (record.kind, record.reference, record.type, record.location)
            assert found == ("data", f"azureml:titanic:{version}", "uri_file", str(tmp_path / f"{version}.csv"))


def test_the_snapshot_is_run_again_with_the_version_that_the_job_has_read(quiet, tmp_path):
    for number in (1, 2, 3):
        (tmp_path / f"{number}.csv").write_text(CSV)
    quiet.data.create({"name": "titanic", "path": str(tmp_path / "1.csv")})
    job = quiet.jobs.submit(command("azureml:titanic@latest"))
    quiet.data.create({"name": "titanic", "path": str(tmp_path / "2.csv")})

    def read(again: Job) -> str:
        return quiet.jobs.get(again.name).inputs["train"].reference

    again = quiet.jobs.rerun(job.name, snapshot=True)
    assert (read(again), again.spec.inputs["train"].path) == ("azureml:titanic:1", "azureml:titanic@latest")
    assert again.parameters == job.parameters
    assert read(quiet.jobs.rerun(again.name, snapshot=True)) == "azureml:titanic:1"
    assert read(quiet.jobs.submit(command("azureml:titanic@latest"), rerun_of=job.name)) == "azureml:titanic:1"
    assert read(quiet.jobs.rerun(job.name)) == "azureml:titanic:2"
    other = command({"path": str(tmp_path / "3.csv"), "type": "uri_file"})
    assert read(quiet.jobs.submit(other, rerun_of=job.name)) == str(tmp_path / "3.csv")
    quiet.data.delete("titanic:1")
    with pytest.raises(InvalidInputError, match=r"inputs\.train\.path: .*titanic.* has no version '1'"):
        quiet.jobs.rerun(job.name, snapshot=True)


def test_a_short_input_of_a_yaml_file_stays_a_reference(quiet, tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    quiet.data.create({"name": "titanic", "version": "1.10", "path": str(tmp_path / "a.csv")})
    (tmp_path / "job.yml").write_text("command: cat ${{inputs.train}}\ninputs:\n  train: azureml:titanic:1.10\n")
    job = quiet.jobs.submit_yaml(tmp_path / "job.yml")
    assert quiet.jobs.get(job.name).inputs["train"].reference == "azureml:titanic:1.10"
    (tmp_path / "job.yml").write_text("command: cat ${{inputs.train}}\ninputs:\n  train: azureml:titanik:1\n")
    with pytest.raises(InvalidInputError, match=r"job.yml:3: inputs\.train\.path: .*titanik.*did you mean 'titanic'"):
        quiet.jobs.submit_yaml(tmp_path / "job.yml")


REFUSED: list[tuple[dict[str, str], str]] = [
    ({"path": "azureml:titanic:9"}, "has no version '9'"),
    ({"path": "azureml:titanic:1", "type": "uri_folder"}, "titanic:1 is not a uri_folder; write type: uri_file"),
    ({"path": "azureml://registries/r/data/titanic/versions/1"}, "is in the registry 'r', and this is "),
    ({"path": "azureml://environments/e/versions/1"}, "is one of the environments, which cannot be an input"),
    ({"path": "azureml://datastores/none/paths/x"}, "there is no datastore 'none'"),
    ({"path": "azureml://jobs/none/outputs/o"}, "none"),
    ({"path": "adl://a/b"}, "Azure has retired Data Lake Storage Gen1"),
    ({"path": "abc://a/b"}, "cannot be read: data is at https://"),
    ({"path": "sftp://host/a.csv"}, "needs an account: create a datastore"),
    ({"path": "wasbs://a/b"}, r"write wasbs://CONTAINER@ACCOUNT\.blob"),
    ({"path": "https://host/a.csv?sig=abc"}, "has a secret"),
    ({"path": "data.csv", "type": "mltable"}, "is not a mltable; write type: uri_file"),
    ({"path": ".", "type": "mltable"}, "it has no file 'MLTable'"),
    ({"path": ".", "type": "mlflow_model"}, "it has no file 'MLmodel'"),
    ({"path": "data.csv"}, "data.csv is not a uri_folder; write type: uri_file"),
    ({"path": "x" * 300, "type": "uri_file"}, "cannot be a path: File name too long"),
]


def test_an_input_that_cannot_be_read_is_refused(quiet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text(CSV)
    quiet.data.create({"name": "titanic", "path": "data.csv"})
    for given, message in REFUSED:
        with pytest.raises(InvalidInputError, match=message) as caught:
            quiet.jobs.submit(command(given))
        assert caught.value.field == "inputs.train.path"
    assert quiet.jobs.list().total == 0


def test_a_url_in_a_datastore_is_read_as_that(quiet, tmp_path):
    spec = {"name": "lake", "type": "s3", "bucket": "lake", "prefix": "data"}
    quiet.datastores.create(spec)
    quiet.datastores.create({**spec, "name": "deep", "prefix": "data/deep"})
    quiet.datastores.create({"name": "web", "type": "http", "url": "https://example.org/d"})
    quiet.datastores.create({"name": "blob", "type": "azure_blob", "account_name": "acc", "container_name": "c"})
    for url, location in {
        "s3://lake/data/a b.csv": "azureml://datastores/lake/paths/a b.csv",
        "s3://lake/data/deep/a.csv": "azureml://datastores/deep/paths/a.csv",
        "s3://lake/other/a.csv": "s3://lake/other/a.csv",
        "s3://lake/database/a.csv": "s3://lake/database/a.csv",
        "https://example.org/d/e/a.csv": "azureml://datastores/web/paths/e/a.csv",
        "https://example.org/de/a.csv": "https://example.org/de/a.csv",
        "wasbs://c@acc.blob.core.windows.net/a.csv": "azureml://datastores/blob/paths/a.csv",
        "wasbs://acc.blob.core.windows.net/c/a.csv": "azureml://datastores/blob/paths/a.csv",
        "https://acc.blob.core.windows.net/c/a.csv": "azureml://datastores/blob/paths/a.csv",
        "abfss://c@acc.dfs.core.windows.net/a.csv": "abfss://c@acc.dfs.core.windows.net/a.csv",
    }.items():
        job = quiet.jobs.submit(command({"path": url, "type": "uri_file"}))
        assert (job.inputs["train"].reference, job.inputs["train"].location) == (url, location)
