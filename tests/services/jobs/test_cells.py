# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_ml.services.jobs.cells import cell_notebook, temporary_notebook


def test_one_cell_after_the_parameters_that_it_is_given():
    assert [cell["source"] for cell in cell_notebook("print(1)", [])["cells"]] == ["print(1)"]
    cells = cell_notebook("x + y", ["x", "y"])["cells"]
    assert [cell["source"] for cell in cells] == ["x = None\ny = None", "x + y"]
    assert [cell["metadata"]["tags"] for cell in cells] == [["parameters"], []]


def test_the_notebook_of_a_cell_is_temporary(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook = cell_notebook("print('ü')", [])
    # two sessions at the same time
    with temporary_notebook(notebook) as path, temporary_notebook(notebook) as other:
        assert not path.is_relative_to(tmp_path)
        assert json.loads(path.read_text()) == notebook
        assert other != path
        assert other.name == path.name
    assert not path.exists()
    assert not list(tmp_path.iterdir())


@pytest.mark.integration
def test_a_cell_is_submitted_from_a_read_only_directory(workspace, tmp_path, monkeypatch):
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "model.py").write_text("def fit(): ...")
    folder.chmod(0o555)
    monkeypatch.chdir(folder)
    before = folder.stat().st_mtime_ns
    job, again = (workspace.jobs.submit_cell("import model") for _ in range(2))
    assert folder.stat().st_mtime_ns == before, "nothing was there, not even for a moment"
    assert job.snapshot == again.snapshot
    assert Path(job.spec.notebook).parent == folder
    kept = workspace._context.layout.snapshots / job.snapshot
    assert sorted(path.name for path in kept.iterdir()) == [Path(job.spec.notebook).name, "model.py"]
    assert workspace.jobs.notebook(job.name)["cells"][-1]["source"] == "import model"
    above = workspace.jobs.submit_cell("import model", code=tmp_path)
    assert (workspace._context.layout.snapshots / above.snapshot / "code" / Path(job.spec.notebook).name).exists()
    assert workspace.jobs.submit_cell("1", code=False).spec.code is None
