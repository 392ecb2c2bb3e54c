from __future__ import annotations

import json

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.services.cells import cell_notebook, written


def test_one_cell_after_the_parameters_that_it_is_given():
    assert [cell["source"] for cell in cell_notebook("print(1)", [])["cells"]] == ["print(1)"]
    cells = cell_notebook("x + y", ["x", "y"])["cells"]
    assert [cell["source"] for cell in cells] == ["x = None\ny = None", "x + y"]
    assert [cell["metadata"]["tags"] for cell in cells] == [["parameters"], []]


def test_the_file_is_there_for_a_moment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook = cell_notebook("print('ü')", [])
    with written(notebook, inside=True) as path:
        assert path.parent == tmp_path
        assert json.loads(path.read_text()) == notebook
        with written(notebook, inside=True) as other:  # another session, at the same moment
            assert other != path
        assert path.exists()
    assert not list(tmp_path.iterdir())
    with written(notebook, inside=True) as again:
        assert again == path
    with written(notebook, inside=False) as outside:
        assert not outside.is_relative_to(tmp_path)
    assert not outside.exists()


def test_a_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    monkeypatch.setattr("pathlib.Path.cwd", lambda: folder)
    with pytest.raises(InvalidInputError, match="cannot be written to"), written(cell_notebook("1", []), inside=True):
        pass
