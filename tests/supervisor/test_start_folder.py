# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job starts where its user expects it: a notebook in its own folder, a command at the top of the code."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.states import JobState
from tests.workspaces import write_notebook


@pytest.fixture
def project(tmp_path):
    """A project as many are: notebooks in a folder, data in another."""
    for name in ("data/patients.csv", "notebooks/beside.txt", "src/train.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / "data" / "patients.csv").write_text("a\n1\n")
    (tmp_path / "notebooks" / "beside.txt").write_text("beside")
    (tmp_path / "src" / "train.py").write_text("print(open('data/patients.csv').read())")
    return tmp_path


def test_a_notebook_starts_in_its_own_folder(shared, project):
    path = write_notebook(
        project / "notebooks" / "train.ipynb",
        "open('outputs/a.txt', 'w').write(open('../data/patients.csv').read() + open('beside.txt').read())",
        "open(model, 'w').write('m'); open('lost.txt', 'w').write('l')",
        parameters="model: str = ''",
    )
    spec = shared.jobs.from_file(path, code=project).model_dump(exclude_unset=True)
    spec |= {"type": "notebook", "parameters": {"model": "${{outputs.model}}/m.bin"}, "outputs": {"model": {}}}
    done = shared.jobs.wait(shared.jobs.submit(spec).name)
    assert done.state is JobState.COMPLETED, done.cause
    kept = shared.jobs.folder(done.name).stored_outputs
    assert (kept / "a.txt").read_text() == "a\n1\nbeside"
    assert (kept / "model" / "m.bin").read_text() == "m"
    files = shared.files.list(done.name)
    assert {"outputs/a.txt", "outputs/model/m.bin"} <= {file.path for file in files.items}
    assert [file.path for file in files.outside.items] == ["notebooks/lost.txt"]


def test_a_missing_file_outside_names_the_folder_to_take_along(shared, project):
    path = write_notebook(project / "notebooks" / "train.ipynb", "open('../data/patients.csv')")
    done = shared.jobs.wait(shared.jobs.submit(shared.jobs.from_file(path)).name)
    assert f"--code {project}," in done.cause.hint


def test_a_script_starts_at_the_top(shared, project):
    spec = shared.jobs.from_file(project / "src" / "train.py", code=project)
    assert spec.command == "python src/train.py"
    done = shared.jobs.wait(shared.jobs.submit(spec).name)
    assert done.state is JobState.COMPLETED, done.cause


def test_a_folder_that_does_not_hold_the_file_is_refused(shared, project):
    path = write_notebook(project / "notebooks" / "train.ipynb", "1")
    with pytest.raises(InvalidInputError, match="is outside of"):
        shared.jobs.from_file(path, code=project / "data")
    with pytest.raises(InvalidInputError, match="is not a directory"):
        shared.jobs.from_file(path, code=project / "nowhere")
