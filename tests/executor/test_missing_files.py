# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A missing file gets a hint if it exists where the job was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.executor.missing_files import explain_file
from jupyter_ml.executor.outcome import RunningCell, cell_raised, command_ended
from jupyter_ml.schemas.cells import CellPlace
from jupyter_ml.schemas.launch import AttemptFolder, Ignored, Launch

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a project folder, of which ``code`` is copied."""
    for name in ("data.csv", "code/raw/train.csv", "code/my data.csv", "code/local_config.py", "code/late.csv"):
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).touch()
    return tmp_path / "project"


@pytest.fixture
def attempt(tmp_path) -> AttemptFolder:
    folder = AttemptFolder(tmp_path / "jobs" / "1")
    (folder.work / "raw").mkdir(parents=True)
    (folder.work / "there.csv").touch()
    folder.std_log.touch()
    return folder


@pytest.fixture
def hint(project, attempt):
    launch = Launch(
        type="notebook",
        marker="m",
        notebook="a.ipynb",
        source=str(project / "code"),
        ignored=[
            Ignored(path="raw/train.csv", rule=".gitignore:3: *.csv"),
            Ignored(path="my data.csv", rule=".gitignore:3: *.csv"),
            Ignored(path="local_config.py", rule=".amlignore:1: local_*"),
        ],
    )

    def hint(name, value, **changes):
        error = {"ename": name, "evalue": value, "traceback": []}
        outcome = cell_raised(error, RunningCell(0, "", CellPlace(1, 1, 1)))
        return explain_file(outcome, attempt, launch.model_copy(update=changes)).cause.hint

    return hint


GITIGNORED = [
    ("FileNotFoundError", "[Errno 2] No such file or directory: 'raw/train.csv'"),  # open, pandas, torch
    ("FileNotFoundError", "[Errno 2] No such file or directory: './raw/../raw/train.csv'"),
    ("FileNotFoundError", "raw/train.csv not found."),  # numpy.loadtxt
    ("FileNotFoundError", "raw/train.csv"),  # pyarrow
    ("FileNotFoundError", "No such file or directory (os error 2): raw/train.csv"),  # polars
    ("FileNotFoundError", "[Errno 2] Unable to open file (unable to open file: name = 'raw/train.csv', errno = 2)"),
    ("RasterioIOError", "raw/train.csv: No such file or directory"),
    ("DataSourceError", "raw/train.csv: No such file or directory"),
    ("IOException", 'IO Error: No files found that match the pattern "raw/train.csv"'),  # duckdb
    ("ValueError", "Cannot find file 'raw/train.csv'"),
    ("ERROR", "Error: 'raw/train.csv' does not exist in current working directory"),  # R's readr
]


@pytest.mark.parametrize(("name", "value"), GITIGNORED)
def test_the_hint_names_the_rule_and_the_file(hint, project, name, value):
    found = hint(name, value)
    assert ".gitignore:3: *.csv" in found
    assert str(project / "code" / "raw" / "train.csv") in found


def test_an_absolute_path_into_the_copy_has_the_same_hint(hint, attempt):
    found = hint("FileNotFoundError", f"[Errno 2] No such file or directory: '{attempt.work}/raw/train.csv'")  # PIL
    assert ".gitignore:3" in found


def test_a_name_with_a_space(hint):
    assert ".gitignore:3" in hint("FileNotFoundError", "[Errno 2] No such file or directory: 'my data.csv'")


def test_an_ignored_module(hint):
    assert ".amlignore:1: local_*" in hint("ModuleNotFoundError", "No module named 'local_config'")


def test_a_path_outside_the_code(hint, project):
    found = hint("FileNotFoundError", "[Errno 2] No such file or directory: '../data.csv'")
    assert f"--code {project}," in found
    assert str(project / "data.csv") in found


def test_a_file_that_cannot_be_written_there(hint, project):
    (project / "models").mkdir()
    found = hint("FileNotFoundError", "[Errno 2] No such file or directory: '../models/new.pkl'")
    assert f"--code {project}," in found


def test_a_missing_absolute_path(hint):
    assert hint("FileNotFoundError", "[Errno 2] No such file or directory: '/nowhere.csv'") == (
        "/nowhere.csv does not exist on this machine."
    )


def test_without_a_copy_of_the_folder(hint):
    assert "--no-code" in hint("FileNotFoundError", "[Errno 2] No such file or directory: 'late.csv'", copied=False)


def test_a_file_that_was_created_later(hint):
    assert "did not exist yet" in hint("FileNotFoundError", "[Errno 2] No such file or directory: 'late.csv'")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'nowhere.csv'"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: '../nowhere.csv'"),
        ("ModuleNotFoundError", "No module named 'pandas'"),
    ],
)
def test_a_file_that_exists_nowhere_has_the_usual_hint(hint, name, value):
    assert hint(name, value) in (hint(name, ""), hint(name, "something else"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KeyError", "'raw'"),
        ("ValueError", "raw/train.csv is a strange file"),
        ("FileNotFoundError", "there.csv not found."),
        ("FileNotFoundError", "x" * 100_000),
        ("FileNotFoundError", "a\0b not found"),
        ("FileNotFoundError", "''"),
        ("FileNotFoundError", "\n\n"),
    ],
)
def test_other_errors_get_no_hint_about_files(hint, name, value):
    found = hint(name, value) or ""
    assert "gitignore:" not in found
    assert "--code" not in found


@pytest.mark.parametrize(
    "printed",
    [
        "cat: raw/train.csv: No such file or directory",
        "bash: line 1: raw/train.csv: No such file or directory",
        "ls: cannot access 'raw/train.csv': No such file or directory",
        "head: cannot open 'raw/train.csv' for reading: No such file or directory",
        "FileNotFoundError: [Errno 2] No such file or directory: 'raw/train.csv'",
        "  cannot open file 'raw/train.csv': No such file or directory\nExecution halted",  # R
    ],
)
def test_the_output_of_a_command_is_searched(project, attempt, printed):
    launch = Launch(
        type="command",
        marker="m",
        command="x",
        source=str(project / "code"),
        ignored=[Ignored(path="raw", rule=".gitignore:1: raw/")],
    )
    attempt.std_log.write_text(f"begin\n{printed}\n")
    assert ".gitignore:1: raw/" in explain_file(command_ended(1, False), attempt, launch).cause.hint
