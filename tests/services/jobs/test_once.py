# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""On its way to the queue a spec is parsed once, its notebook is read once, and its parameters cell is parsed once."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from jupyter_ml.notebooks import parameters, reading
from jupyter_ml.schemas import specs
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.specs import job_adapter
from jupyter_ml.services.jobs import loaded_spec
from jupyter_ml.services.jobs import specs as spec_files
from jupyter_ml.services.jobs.types import notebook
from tests.workspaces import write_notebook

ONCE = {"read_notebook": 1, "parse cell": 1, "parse_job": 1}
PARAMETERS = "alpha: float = 0.5  # learning rate\nlabel = 'x'"


@pytest.fixture
def calls(monkeypatch):
    """Count the calls of expensive functions from anywhere."""
    counted = Counter()

    def count(name, place, attribute):
        original = getattr(place, attribute)

        def counting(*arguments, **options):
            counted[name] += 1
            return original(*arguments, **options)

        monkeypatch.setattr(place, attribute, counting)

    count("read_notebook", reading, "open_regular")
    count("parse cell", ast, "parse")
    for module in (specs, spec_files):
        monkeypatch.setattr(module, "job_adapter", Counting(job_adapter, counted))
    count("parse_job", loaded_spec, "validated")
    for module in (parameters, notebook):
        count("encode", module, "encode")
    return counted


class Counting:
    """A type adapter that counts what it validates."""

    def __init__(self, adapter, counted) -> None:
        self._adapter, self._counted = adapter, counted

    def __getattr__(self, name):
        if name.startswith("validate"):
            self._counted["parse_job"] += 1
        return getattr(self._adapter, name)


@pytest.fixture
def quiet(workspace, monkeypatch):
    """Return a workspace without a supervisor."""
    monkeypatch.setattr(type(workspace.supervisor), "ensure", lambda self: None)
    return workspace


@pytest.mark.parametrize("way", ["file", "cell", "yaml", "spec"])
def test_a_notebook_is_read_once(quiet, tmp_path, monkeypatch, calls, way):
    monkeypatch.chdir(tmp_path)
    path = write_notebook(tmp_path / "train.ipynb", "alpha", parameters=PARAMETERS)
    (tmp_path / "job.yml").write_text("notebook: train.ipynb\nparameters: {alpha: 2}\n")
    jobs = quiet.jobs
    submit = {
        "file": lambda: jobs.submit_file(path, {"alpha": "2"}, tags={"a": "b"}),
        "cell": lambda: jobs.submit_cell("alpha", {"alpha": "2"}, tags={"a": "b"}),
        "yaml": lambda: jobs.submit_yaml("job.yml", typed={"tags.a": "b"}),
        "spec": lambda: jobs.submit({"type": "notebook", "notebook": str(path), "parameters": {"alpha": 2}}),
    }
    calls.clear()
    job = submit[way]()
    assert {name: calls[name] for name in ONCE} == ONCE
    assert job.spec.parameters == {"alpha": 2}


def test_a_value_is_converted_once(quiet, tmp_path, calls):
    path = write_notebook(tmp_path / "train.ipynb", "alpha", parameters="alpha: float = 0.5")
    calls.clear()
    quiet.jobs.submit_file(path, {"alpha": "2"})
    assert calls["encode"] == 2  # the default of the notebook, and the value


@pytest.mark.parametrize(("value", "reads"), [("b.csv", 0), ("${{outputs.data}}/b.csv", 1)])
def test_an_attempt_reads_the_notebook_only_for_expressions(quiet, tmp_path, calls, value, reads):
    parameters = "from pathlib import Path\nsource = Path('a.csv')"
    path = write_notebook(tmp_path / "train.ipynb", "source", parameters=parameters)
    values = {"type": "notebook", "notebook": str(path), "parameters": {"source": value}, "outputs": {"data": {}}}
    spec = quiet.jobs.submit(values).spec
    folder = AttemptFolder(tmp_path)
    folder.work.mkdir()
    write_notebook(folder.work / "train.ipynb", parameters=parameters)
    calls.clear()
    launch = notebook.NotebookType().launch(spec, folder, {"marker": "m"})
    assert calls["read_notebook"] == reads
    expected = f"{folder.outputs}/data/b.csv" if reads else value
    assert launch.parameters == {"source": {"$type": "path", "value": expected}}
