# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The files of a job: its attempt's, its run's artifacts and its models, as one tree."""

from __future__ import annotations

import io
import shutil
import tracemalloc
from zipfile import ZipFile

import pytest

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.queries import FileQuery
from jupyter_ml.services.jobs.archives import MISSING
from tests.services.jobs.artifacts import NAMES, Artifacts
from tests.store.jobs import run


@pytest.fixture
def job(opened, request):
    """A running job with a run."""
    name = request.node.originalname.removeprefix("test_")[:60]
    return Artifacts(opened, f"{name}_{abs(hash(request.node.name))}")


def read(job, path):
    with job.workspace.files.open(job.name, path) as file:
        return file.read()


def archived(chunks):
    return ZipFile(io.BytesIO(b"".join(chunks)))


def test_attempt_artifacts_and_models_are_one_tree(job):
    job.write("std_log.txt", "log")
    job.write("work/outputs/result.csv", "new")
    job.write("events.jsonl", "not for users")
    job.log("outputs/result.csv", "of an earlier upload")
    job.log("outputs/logged.txt")
    job.log("plots/deep/curve.png", "png")
    model_id = job.log_model("model")

    def listed(path=""):
        found = job.workspace.files.list(job.name, FileQuery(path=path, recursive=False))
        assert not found.problems
        return [(item.path, item.directory, item.uri is not None) for item in found.items]

    assert listed() == [
        ("model", True, True), ("outputs", True, True), ("plots", True, True), ("std_log.txt", False, False),
    ]  # fmt: skip
    assert listed("outputs") == [("outputs/logged.txt", False, True), ("outputs/result.csv", False, True)]
    assert listed("plots") == [("plots/deep", True, True)]
    assert listed("model") == [("model/MLmodel", False, True)]
    assert job.paths == [
        "std_log.txt", "model/MLmodel", "outputs/logged.txt", "outputs/result.csv", "plots/deep/curve.png",
    ]  # fmt: skip
    assert read(job, "outputs/result.csv") == b"new"
    assert read(job, "plots/deep/curve.png") == b"png"
    assert b"sklearn" in read(job, "model/MLmodel")
    [curve] = job.workspace.files.list(job.name, FileQuery(path="plots/deep/curve.png")).items
    assert (curve.uri, curve.size_bytes) == (f"runs:/{job.run_id}/plots/deep/curve.png", 3)
    assert model_id


def test_outputs_of_a_job_that_has_none_are_empty(job):
    job.write("std_log.txt", "log")
    assert job.workspace.files.list(job.name, FileQuery(path="outputs")).items == []
    with pytest.raises(NotFoundError, match="has no file 'output'"):
        job.workspace.files.list(job.name, FileQuery(path="output"))


def test_pages_are_complete_and_ordered(job):
    for number in range(25):
        job.log(f"{number % 3}/{number:02}.txt")
    pages = [job.workspace.files.list(job.name, FileQuery(offset=offset, limit=10)) for offset in (0, 10, 20)]
    assert [len(page.items) for page in pages] == [10, 10, 5]
    assert [page.truncated for page in pages] == [True, True, False]
    assert [item.path for page in pages for item in page.items] == job.paths


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_listed_opened_and_archived(job, name):
    job.log(f"d/{name}", "content")
    assert job.paths == [f"d/{name}"]
    assert read(job, f"d/{name}") == b"content"
    assert archived(job.workspace.files.archive(job.name, "d")).namelist() == [f"d/{name}"]
    with ZipFile(io.BytesIO(b"".join(job.workspace.files.archive(job.name)))) as archive:
        assert archive.read(f"d/{name}") == b"content"


@pytest.mark.parametrize(
    "path", ["launch.json", "../1/launch.json", "outputs/../launch.json", "d/../../secret", "/d/a", "d//a", "", "\0"]
)
def test_nothing_else_is_opened(job, path):
    job.write("launch.json", "secret")
    job.log("d/a")
    with pytest.raises(NotFoundError, match="no file"):
        job.workspace.files.open(job.name, path)


def test_links_are_not_followed(job, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    job.log("a.txt")
    (job.artifacts / "link.txt").symlink_to(tmp_path / "secret.txt")
    (job.artifacts / "linked").symlink_to(tmp_path)
    assert job.paths == ["a.txt"]
    for path in ("link.txt", "linked/secret.txt"):
        with pytest.raises(NotFoundError):
            job.workspace.files.open(job.name, path)
    assert archived(job.workspace.files.archive(job.name)).namelist() == ["a.txt"]


@pytest.mark.parametrize("place", ["", "vault", "..", "../.."])
def test_a_location_that_contains_the_workspace_is_not_shown(opened, place):
    """Any program that logs to the workspace can create an experiment with any artifact location."""
    location = (opened.folder / place).resolve()
    job = Artifacts(opened, f"location_{abs(hash(place))}", location=str(location))
    (location / job.run_id / "artifacts").mkdir(parents=True)
    found = opened.files.list(job.name)
    if place.startswith(".."):  # MLflow appends the run's id, so that it is another directory
        assert found.problems == []
    else:
        assert "not shown" in found.problems[0]
    assert found.items == []


def test_a_thousand_files_of_ten_thousand_take_no_file_content(job, monkeypatch):
    folder = job.artifacts / "many"
    folder.mkdir(parents=True)
    for number in range(10_000):
        (folder / f"{number:05}.txt").touch()
    first = job.workspace.files.list(job.name, FileQuery(path="many", recursive=False))
    assert (len(first.items), first.truncated, first.items[0].path) == (1_000, True, "many/00000.txt")
    last = job.workspace.files.list(job.name, FileQuery(path="many", recursive=False, offset=9_990))
    assert [item.path for item in last.items][-1] == "many/09999.txt"
    assert not last.truncated


def test_an_archive_of_gigabytes_needs_little_memory(job):
    job.log("model.bin", "")
    with (job.artifacts / "model.bin").open("r+b") as sparse:
        sparse.truncate(5 * 1000**3)
    assert job.workspace.files.list(job.name).items[0].size_bytes == 5 * 1000**3
    chunks = job.workspace.files.archive(job.name)
    tracemalloc.start()
    try:
        size = sum(len(next(chunks)) for _ in range(200))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        chunks.close()
    assert size > 190_000_000
    assert peak < 20_000_000


def test_files_that_vanish_are_listed_in_the_archive(job):
    job.log("a.txt", "first")
    job.log("b.txt", "second")
    chunks = job.workspace.files.archive(job.name)
    first = next(chunks)
    (job.artifacts / "b.txt").unlink()
    archive = archived([first, *chunks])
    assert archive.namelist() == ["a.txt", MISSING]
    assert "b.txt" in archive.read(MISSING).decode()


def test_only_directories_are_archived(job):
    job.log("a.txt")
    with pytest.raises(NotFoundError, match="not a directory"):
        job.workspace.files.archive(job.name, "a.txt")
    with pytest.raises(NotFoundError, match="no file 'b'"):
        job.workspace.files.archive(job.name, "b")


class TestGone:
    """Artifacts and runs that do not exist any more."""

    def test_artifacts_that_were_removed_are_named(self, job):
        job.log("a.txt")
        shutil.rmtree(job.artifacts)
        assert job.workspace.files.list(job.name).problems == []  # there may be none yet
        end(job)
        assert "are gone" in job.workspace.files.list(job.name).problems[0]

    def test_a_run_that_was_deleted_in_mlflow(self, job):
        job.log("a.txt")
        job.write("std_log.txt")
        tracking = job.workspace._context.tracking
        tracking._store.delete_run(job.run_id)
        found = job.workspace.files.list(job.name)
        assert "was deleted" in found.problems[0]
        assert [item.path for item in found.items] == ["a.txt", "std_log.txt"]
        assert job.workspace.runs.details(job.name).deleted
        tracking.delete_run(job.run_id)
        found = job.workspace.files.list(job.name)
        assert "does not exist any more" in found.problems[0]
        assert [item.path for item in found.items] == ["std_log.txt"]
        with pytest.raises(NotFoundError, match="does not exist any more"):
            job.workspace.runs.details(job.name)
        assert job.workspace.runs.models(job.name).items == []


class TestDownload:
    """`JobService.download`."""

    def test_everything_is_copied(self, job, tmp_path):
        job.write("std_log.txt", "log")
        job.log("plots/curve.png", "png")
        job.log_model("model")
        with pytest.raises(ConflictError, match="is Running"):
            job.workspace.jobs.download(job.name, tmp_path)
        end(job)
        goal = job.workspace.jobs.download(job.name, tmp_path)
        files = {path.relative_to(goal).as_posix() for path in goal.rglob("*") if path.is_file()}
        assert files == {"std_log.txt", "plots/curve.png", "model/MLmodel"}
        assert (goal / "plots" / "curve.png").read_text() == "png"

    def test_a_directory_is_copied(self, job, tmp_path):
        job.log("plots/deep/curve.png", "png")
        job.log("other.txt")
        end(job)
        for path in ("nothing", "other.txt", "../x"):
            with pytest.raises(NotFoundError, match="no directory"):
                job.workspace.jobs.download(job.name, tmp_path, path=path)
        goal = job.workspace.jobs.download(job.name, tmp_path, path="plots/")
        assert [path.relative_to(goal).as_posix() for path in goal.rglob("*.*")] == ["deep/curve.png"]

    def test_a_run_that_another_program_logged_has_artifacts(self, opened, tmp_path):
        tracking = opened._context.tracking
        run_id = tracking.create_run(experiment="direct", name="direct", tags={})
        opened._context.store.jobs.import_runs([run(1, run_id=run_id, name="direct")])
        (tmp_path / "a.txt").write_text("a")
        tracking.attach(run_id, tmp_path / "a.txt", "plots")
        assert [item.path for item in opened.files.list("direct").items] == ["plots/a.txt"]
        goal = opened.jobs.download("direct", tmp_path)
        assert (goal / "plots" / "a.txt").read_text() == "a"


def end(job):
    """End a job that no supervisor runs."""
    jobs = job.workspace._context.store.jobs
    jobs.transition(job.name, "Finalizing")
    jobs.transition(job.name, "Completed")
