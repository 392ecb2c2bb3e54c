# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job whose data was not copied has a hint that explains it, also when it is run again."""

from __future__ import annotations

from jupyter_ml.schemas.specs import NotebookJob
from tests.workspaces import write_notebook


def test_the_hint_names_the_ignore_rule(shared, tmp_path):
    (tmp_path / ".gitignore").write_text("# data\n\n/raw/\n")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "train.csv").write_text("a,b\n")
    path = write_notebook(tmp_path / "train.ipynb", "open('raw/train.csv')")
    job = shared.jobs.submit(NotebookJob(notebook=str(path), code=str(tmp_path)))
    done = shared.jobs.wait(job.name)
    assert done.cause.exception == "FileNotFoundError"
    assert ".gitignore:3: /raw/" in done.cause.hint
    assert str(tmp_path / "raw" / "train.csv") in done.cause.hint
    again = shared.jobs.submit(NotebookJob(notebook=str(path), code=str(tmp_path)), rerun_of=job.name)
    assert shared.jobs.wait(again.name).cause.hint == done.cause.hint
