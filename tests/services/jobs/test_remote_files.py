# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Artifacts that are not on the local disk are listed and opened with a time limit."""

from __future__ import annotations

import io
import shutil
import threading
from zipfile import ZipFile

import pytest

from jupyter_ml.errors import NotFoundError, UnavailableError
from jupyter_ml.services.jobs.archives import MISSING
from jupyter_ml.tracking import repositories
from jupyter_ml.tracking.repositories import RemoteArtifacts
from tests.services.jobs.artifacts import Artifacts
from tests.workspaces import TIMEOUT_S


def read(job, path):
    with job.workspace.files.open(job.name, path) as file:
        return file.read()


def archived(chunks):
    return ZipFile(io.BytesIO(b"".join(chunks)))


class TestStores:
    """Artifacts that are not on the local disk."""

    @pytest.fixture
    def remote(self, opened, request, tmp_path):
        """A job whose artifacts are in a store of MLflow's registry that is served from a directory."""
        from mlflow.store.artifact.artifact_repository_registry import _artifact_repository_registry as registry
        from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

        served = tmp_path / "bucket"
        served.mkdir()

        class Repository(LocalArtifactRepository):
            """A store that answers from a directory, once it is allowed to."""

            allowed = threading.Event()

            def __init__(self, uri, *_, **__):
                super().__init__(served.as_uri())

            def list_artifacts(self, path=None):
                assert self.allowed.wait(TIMEOUT_S)
                return super().list_artifacts(path)

            def download_artifacts(self, artifact_path, dst_path=None):
                target = tmp_path / "copy" if dst_path is None else f"{dst_path}/copy"
                return shutil.copy(served / artifact_path, target)

        Repository.allowed.set()
        registry.register("bucket", Repository)
        name = f"remote_{abs(hash(request.node.name))}"
        job = Artifacts(opened, name, location="bucket://user:password@store/path")
        assert job.artifacts is None
        yield job, served, Repository.allowed
        Repository.allowed.set()
        registry._registry.pop("bucket")

    def test_its_artifacts_are_listed_opened_and_downloaded(self, remote, tmp_path):
        job, served, _ = remote
        (served / "plots").mkdir()
        (served / "plots" / "a.txt").write_text("far away")
        job.write("std_log.txt", "log")
        found = job.workspace.files.list(job.name)
        assert [(item.path, item.size_bytes) for item in found.items] == [("std_log.txt", 3), ("plots/a.txt", 8)]
        assert read(job, "plots/a.txt") == b"far away"
        archive = archived(job.workspace.files.archive(job.name))
        assert archive.namelist() == ["std_log.txt", "plots/a.txt"]
        for path in ("plots/b.txt", "plots", "../secret"):
            with pytest.raises(NotFoundError):
                job.workspace.files.open(job.name, path)

    def test_a_store_that_does_not_answer_hides_no_other_file(self, remote, monkeypatch):
        job, _, allowed = remote
        job.write("std_log.txt", "log")
        allowed.clear()
        monkeypatch.setattr(
            "jupyter_ml.services.jobs.mounts.RemoteArtifacts", lambda uri: RemoteArtifacts(uri, list_s=0.1)
        )
        found = job.workspace.files.list(job.name)
        assert [item.path for item in found.items] == ["std_log.txt"]
        assert "has not answered for 0.1 s" in found.problems[0]
        assert "password" not in found.problems[0]
        assert read(job, "std_log.txt") == b"log"
        with pytest.raises(UnavailableError, match="has not answered"):
            job.workspace.files.open(job.name, "plots/a.txt")
        archive = archived(job.workspace.files.archive(job.name))
        assert archive.namelist() == ["std_log.txt", MISSING], archive.read(MISSING)

    def test_calls_that_never_end_do_not_occupy_all_threads(self, monkeypatch):
        monkeypatch.setattr(repositories, "_slots", threading.BoundedSemaphore(1))
        never = threading.Event()
        monkeypatch.setattr(repositories, "_repository", lambda uri: never.wait(60))
        with pytest.raises(UnavailableError, match="has not answered"):
            RemoteArtifacts("s3://bucket", list_s=0.05).entries("")
        with pytest.raises(UnavailableError, match="too many requests"):
            RemoteArtifacts("s3://bucket", list_s=0.05).entries("")
        never.set()

    def test_an_unknown_store_is_named(self, opened):
        job = Artifacts(opened, "unknown_store", location="nowhere://store")
        assert "nowhere://store" in opened.files.list(job.name).problems[0]
