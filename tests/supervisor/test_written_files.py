# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files that a job writes outside of ``outputs/`` are listed, and kept where that is requested."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.files import OutsideFile
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState

pytestmark = pytest.mark.integration


CODE = """
mkdir -p data __pycache__ .ipynb_checkpoints venv outputs/deep
echo new > model.txt; echo new > data/deep.txt; echo out > outputs/deep/a.txt
echo changed > same.txt; printf 'longer than before' > longer.txt; touch touched.txt
echo x > __pycache__/a.pyc; echo x > .ipynb_checkpoints/a.txt; touch venv/pyvenv.cfg venv/lib.py
ln -s model.txt link.txt; mv moved.txt moved-away.txt
"""


@pytest.fixture
def run(shared, tmp_path):
    def start(command, **settings):
        code = tmp_path / "code"
        code.mkdir(exist_ok=True)
        for name in ("same.txt", "longer.txt", "touched.txt", "moved.txt", "quiet.txt"):
            (code / name).write_text("before!\n")
        job = shared.jobs.submit(CommandJob(command=command, code=str(code), **settings))
        done = shared.jobs.wait(job.name)
        assert done.state is JobState.COMPLETED, done.cause
        return done

    return start


def artifacts(workspace, job) -> Path:
    from mlflow import MlflowClient

    return Path(MlflowClient(workspace.tracking_uri).get_run(job.run_id).info.artifact_uri.removeprefix("file://"))


WRITTEN = {
    "longer.txt": False,
    "same.txt": False,
    "model.txt": True,
    "moved-away.txt": True,
    "data/deep.txt": True,
}


def test_files_that_are_not_kept_are_listed_with_their_sizes(shared, run):
    done = run(CODE)
    outside = shared.files.list(done.name).outside
    assert {item.path: item.new for item in outside.items} == WRITTEN
    assert OutsideFile(path="model.txt", size_bytes=4, new=True, kept=False) in outside.items
    assert (outside.count, outside.size_bytes, outside.truncated) == (5, 4 + 4 + 8 + 18 + 8, False)
    [warning] = done.warnings
    assert "5 files (42 bytes) that the job wrote outside of outputs/ were not kept" in warning.message
    assert "model.txt (4 bytes)" in warning.message
    assert "keep_files" in warning.hint
    assert not shared.jobs.folder(done.name).stored_files.exists()


def test_files_are_kept_where_the_job_requests_it(shared, run, tmp_path):
    done = run(CODE, keep_files=True)
    assert done.warnings == []
    outside = shared.files.list(done.name).outside
    assert {item.path for item in outside.items if item.kept} == set(WRITTEN)
    listed = [file.path for file in shared.files.list(done.name).items]
    assert {f"files/{path}" for path in WRITTEN} <= set(listed)
    with shared.files.open(done.name, "files/data/deep.txt") as file:
        assert file.read() == b"new\n"
    assert (artifacts(shared, done) / "files" / "data" / "deep.txt").read_text() == "new\n"
    assert (shared.jobs.download(done.name, tmp_path) / "files" / "same.txt").read_text() == "changed\n"


def test_a_job_that_wants_no_files_is_not_warned(shared, run):
    done = run(CODE, keep_files=False)
    assert done.warnings == []
    assert shared.files.list(done.name).outside.count == 5


def test_what_exceeds_the_bound_is_named(make_workspace, tmp_path):
    with make_workspace(tmp_path, files={"keep": True, "max_bytes": 1_000}) as workspace:
        command = "head -c 600 /dev/zero > a; head -c 600 /dev/zero > b; head -c 300 /dev/zero > c"
        done = workspace.jobs.wait(workspace.jobs.submit(CommandJob(command=command)).name)
        kept = {item.path: item.kept for item in workspace.files.list(done.name).outside.items}
        assert kept == {"a": True, "b": False, "c": True}
        [warning] = done.warnings
        assert "1 file (600 bytes) that the job wrote outside of outputs/ was not kept" in warning.message
        assert "b (600 bytes)" in warning.message
        assert "files.max_bytes" in warning.hint


def test_thousands_of_files_are_counted_and_some_are_listed(shared, run):
    done = run("mkdir many; cd many; for i in $(seq 1000); do echo $i > $i.txt; done")
    outside = shared.files.list(done.name).outside
    assert (outside.count, len(outside.items)) == (1_000, 200)
    assert "and 995 more" in done.warnings[0].message


def test_a_job_that_writes_nothing_else_has_an_empty_list(shared, run):
    done = run("echo a > outputs/a.txt; cat quiet.txt")
    assert shared.files.list(done.name).outside.items == []
    assert done.warnings == []


@pytest.mark.parametrize("plant", ["ln -s /etc ../files", "echo > ../files", "ln -s /etc/hostname ../outside.json"])
def test_names_that_the_job_has_taken_do_no_harm(shared, run, plant):
    done = run(f"echo a > a.txt; {plant}", keep_files=True)
    assert [item.path for item in shared.files.list(done.name).outside.items] == ["a.txt"]
    assert "files/hostname" not in [file.path for file in shared.files.list(done.name).items]


def test_names_that_are_not_text_are_listed(shared, run):
    done = run(r"""python -c 'open(b"outputs/\xff.txt", "w"); open(b"\xfe.txt", "w")'""", keep_files=True)
    files = shared.files.list(done.name)
    assert "outputs/\ufffd.txt" in [file.path for file in files.items]
    assert [item.path for item in files.outside.items] == ["\ufffd.txt"]
    assert files.model_dump_json()
    assert os.fsencode(next(shared.jobs.folder(done.name).stored_files.iterdir())).endswith(b"\xfe.txt")


def test_a_crash_in_the_middle_loses_no_file_and_no_entry(shared, run, monkeypatch):
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.supervisor import written_files

    done = run("echo a > a.txt; echo b > b.txt; echo c > c.txt", keep_files=True)
    folder = AttemptFolder(shared.jobs.folder(done.name).path)
    folder.work.mkdir()
    for name in ("b.txt", "c.txt"):
        (folder.stored_files / name).rename(folder.work / name)
    folder.outside.unlink()
    assert list(written_files.keep_files(shared._context, done, folder, Redactor())) == []
    assert [(item.path, item.new, item.kept) for item in shared.files.list(done.name).outside.items] == [
        ("a.txt", True, True),
        ("b.txt", True, True),
        ("c.txt", True, True),
    ]


def test_what_is_written_above_the_working_folder_is_not_lost(shared, run):
    above = "mkdir ../results ../outputs; echo a > ../results/a.txt; echo b > ../b.txt; echo c > ../outputs/c.txt"
    done = run(f"{above}; echo d > outputs/d.txt", keep_files=True)
    files = shared.files.list(done.name)
    assert {item.path for item in files.outside.items} == {
        "above/b.txt",
        "above/outputs/c.txt",
        "above/results/a.txt",
    }
    listed = [file.path for file in files.items]
    assert {"files/above/results/a.txt", "files/above/outputs/c.txt", "outputs/d.txt"} <= set(listed)
    assert "outputs/c.txt" not in listed
    names = {path.name for path in shared.jobs.folder(done.name).path.iterdir()}
    assert {"launch.json", "events.jsonl", "std_log.txt", "packages.txt", "outputs", "files", "outside.json"} <= names
    assert not {"results", "b.txt", "work", "work.gone"} & names


def test_nothing_of_ours_is_taken_for_something_of_the_job(shared, run):
    done = run("true")
    folder = shared.jobs.folder(done.name)
    assert [path.name for path in folder.path.iterdir() if not folder.owns(path.name)] == []


def test_a_secret_that_is_a_name_is_not_told(shared, run, monkeypatch):
    monkeypatch.setenv("TOKEN", "tok-5f2c9e7d")
    done = run('echo a > "$TOKEN.txt"; ln -s nowhere "outputs/$TOKEN"', secrets=["TOKEN"])
    assert [item.path for item in shared.files.list(done.name).outside.items] == ["***.txt"]
    assert len(done.warnings) == 2
    assert "tok-5f2c9e7d" not in done.model_dump_json()
