# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The distribution `jupyter-ml-executor` runs jobs with its own, few dependencies."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from jupyter_ml.eventlog.outputs import encode
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.event_log import Ended
from jupyter_ml.schemas.launch import AttemptFolder, Launch
from tests.notebooks.documents import code, document

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "distributions" / "executor"
NOT_NEEDED = {
    "alembic",
    "docker",
    "ipywidgets",
    "jupyter-ml",
    "jupyter_server",
    "jupyterlab",
    "mlflow-skinny",
    "SQLAlchemy",
}

pytestmark = [pytest.mark.xdist_group("wheel"), pytest.mark.timeout(600)]


def run(*command) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """Return the Python of an environment with the distribution and its dependencies."""
    folder = tmp_path_factory.mktemp("executor")
    run(sys.executable, "-m", "build", "--installer", "uv", "--wheel", "--outdir", folder, SOURCE)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    [wheel] = folder.glob("*.whl")
    run(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, wheel)
    return python


@pytest.fixture
def folder(tmp_path) -> AttemptFolder:
    folder = AttemptFolder(tmp_path / "attempt")
    folder.work.mkdir(parents=True)
    return folder


@pytest.mark.integration
def test_it_installs_no_server_and_no_database(python):
    names = "import importlib.metadata as m; print(*{d.name for d in m.distributions()}, sep='\\n')"
    installed = {name.lower().replace("_", "-") for name in run(python, "-c", names).split()}
    assert "jupyter-ml-executor" in installed
    assert not installed & NOT_NEEDED


@pytest.mark.integration
def test_it_runs_a_notebook(python, folder):
    (folder.work / "a.ipynb").write_text(json.dumps(document(code("x = 1", "parameters"), "print(x * 21)")))
    folder.write_launch(
        Launch.model_validate({"type": "notebook", "marker": "m", "notebook": "a.ipynb", "parameters": {"x": 2}})
    )
    run(python, "-m", "jupyter_ml.executor", folder.path)
    *_, (ended, _) = EventLogReader(folder.event_log)
    assert isinstance(ended, Ended)
    assert ended.state == "Completed"
    executed = read_notebook(folder.output)
    assert b"42" in encode(executed["cells"][-1]["outputs"], "strings")


@pytest.mark.integration
def test_it_runs_a_command(python, folder):
    folder.write_launch(Launch.model_validate({"type": "command", "marker": "m", "command": "echo $((6 * 7))"}))
    run(python, "-m", "jupyter_ml.executor", folder.path)
    assert folder.std_log.read_text() == "42\n"


def test_its_dependencies_are_a_subset():
    whole, small = (
        tomllib.loads((folder / "pyproject.toml").read_text())["project"]["dependencies"] for folder in (ROOT, SOURCE)
    )
    assert set(small) < set(whole)
