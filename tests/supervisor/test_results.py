# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Only regular files of a job are kept, wherever a link leads."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.queries import EventLogQuery
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from tests.workspaces import until

MARK = uuid4().hex
"""Content of a file outside of the job; it must be in no file of ours."""


@pytest.fixture
def big_disk(tmp_path) -> Path:
    folder = tmp_path / "big-disk"
    (folder / "deep").mkdir(parents=True)
    for name in ("private.csv", "deep/other.csv"):
        (folder / name).write_text(MARK)
    return folder


@pytest.fixture
def run(shared):
    def start(command):
        return shared.jobs.wait(shared.jobs.submit(CommandJob(command=command)).name)

    return start


def artifacts(workspace, job) -> Path:
    from mlflow import MlflowClient

    return Path(MlflowClient(workspace.tracking_uri).get_run(job.run_id).info.artifact_uri.removeprefix("file://"))


def holders(*folders: Path) -> list[Path]:
    """Every file below some folders that contains it."""
    return [path for folder in folders for path in folder.rglob("*") if path.is_file() and MARK in path.read_text()]


@pytest.mark.parametrize(
    ("command", "warned"),
    [
        ("rm -rf outputs; ln -s {disk} outputs", "Nothing in outputs/ was kept: it is a link to {disk}"),
        ("ln -s {disk} outputs/data", "data (link to {disk})"),
        ("ln -s {disk}/private.csv outputs/a.csv", "a.csv (link to {disk}/private.csv)"),
        ("ln -s nowhere outputs/latest", "latest (link to nowhere)"),
        ("mkdir outputs/d; ln -s . outputs/d/loop", "d/loop (link to .)"),
        ("ln -s ../../../../../.. outputs/up", "up (link to ../../../../../..)"),
        ("mkfifo outputs/pipe", "pipe (pipe)"),
        ("python -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"outputs/s\")'", "s (socket)"),
        ("cd ..; rm -rf work; mkdir inner; cp -r {disk} inner/outputs; ln -s inner work", None),
        ("rm -rf outputs; ln -s {disk} ../outputs", None),
        ("rm ../std_log.txt; ln -s {disk}/private.csv ../std_log.txt", None),
        ("ln -sf {disk}/private.csv ../packages.txt", None),
    ],
)
def test_no_link_is_followed(shared, run, big_disk, command, warned):
    done = run(f"echo yes > outputs/own.txt; {command.format(disk=big_disk)}")
    assert done.state is JobState.COMPLETED, done.cause
    messages = [warning.message for warning in done.warnings]
    if warned:
        assert any(warned.format(disk=big_disk) in message for message in messages), messages
    listed = [file.path for file in shared.files.list(done.name).items]
    for path in ("outputs/private.csv", "outputs/deep/other.csv", "outputs/data/private.csv", "outputs/a.csv"):
        assert path not in listed
        with pytest.raises(NotFoundError):
            shared.files.open(done.name, path)
    for path in listed:
        with shared.files.open(done.name, path) as file:
            assert MARK.encode() not in file.read()
    copy = shared.jobs.download(done.name, big_disk.parent)
    assert not [path for path in copy.rglob("*") if path.is_symlink()]
    attempt = shared.jobs.folder(done.name).path
    assert holders(artifacts(shared, done), copy, attempt / "outputs") == []
    assert (big_disk / "private.csv").read_text() == MARK


def test_a_link_to_a_file_of_the_outputs_is_kept_as_that_file(shared, run):
    done = run(
        "mkdir -p outputs/blobs outputs/snapshots; echo weights > outputs/blobs/abc; "
        "ln -s ../blobs/abc outputs/snapshots/model.bin; ln -s snapshots/model.bin outputs/latest.bin"
    )
    assert done.warnings == []
    for folder in (shared.jobs.folder(done.name).stored_outputs, artifacts(shared, done) / "outputs"):
        for name in ("blobs/abc", "snapshots/model.bin", "latest.bin"):
            assert (folder / name).read_text() == "weights\n"
            assert not (folder / name).is_symlink()


def test_a_running_job_shows_its_own_files_only(shared, big_disk, tmp_path):
    go_on = tmp_path / "go-on"
    job = shared.jobs.submit(
        CommandJob(
            command=f"echo own > outputs/own.txt; ln -s {big_disk} outputs/data; "
            f"ln -s {big_disk}/private.csv outputs/p.csv; mkfifo outputs/pipe; touch outputs/ready; "
            f"while [ ! -e {go_on} ]; do sleep 0.05; done"
        )
    )
    until(lambda: "outputs/ready" in [file.path for file in shared.files.list(job.name).items])
    outputs = [file.path for file in shared.files.list(job.name).items if file.path.startswith("outputs/")]
    assert outputs == ["outputs/own.txt", "outputs/ready"]
    for path in ("outputs/data/private.csv", "outputs/p.csv", "outputs/pipe", "outputs/../../launch.json"):
        with pytest.raises(NotFoundError):
            shared.files.open(job.name, path)
    with shared.files.open(job.name, "outputs/own.txt") as file:
        assert file.read() == b"own\n"
    go_on.touch()
    shared.jobs.wait(job.name)


@pytest.fixture(scope="module")
def ended(shared):
    return shared.jobs.wait(shared.jobs.submit(CommandJob(command="echo hello")).name)


@pytest.mark.parametrize("name", ["events.jsonl", "input.ipynb", "std_log.txt", "output.ipynb"])
@pytest.mark.parametrize("plant", ["mkfifo {path}", "ln -s {disk}/private.csv {path}", "mkdir {path}"])
def test_what_takes_the_place_of_our_files_is_never_waited_for(shared, ended, big_disk, name, plant):
    """An attempt's own files are the job's to replace; readers find nothing, or the artifact."""
    path = shared.jobs.folder(ended.name).path / name
    kept = path.rename(path.with_suffix(".kept")) if path.exists() else None
    try:
        subprocess.run(["bash", "-c", plant.format(path=path, disk=big_disk)], check=True)
        assert MARK not in shared.event_logs.read(ended.name, EventLogQuery()).model_dump_json()
        shared.files.list(ended.name)
        if name == "std_log.txt":
            with shared.files.open(ended.name, name) as artifact:
                assert artifact.read() == b"hello\n"
        else:
            with pytest.raises(NotFoundError):
                shared.files.open(ended.name, name)
        with pytest.raises(ConflictError):
            shared.jobs.notebook(ended.name)
    finally:
        subprocess.run(["rm", "-rf", path], check=True)
        if kept:
            kept.rename(path)
