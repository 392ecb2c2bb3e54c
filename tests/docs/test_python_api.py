# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The page about the Python API describes what a workspace has, and its examples run."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from jupyter_ml import Workspace
from jupyter_ml.schemas.registry import KINDS
from jupyter_ml.services.computes import ComputeService
from jupyter_ml.services.data import DataService
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.services.environments import EnvironmentService
from jupyter_ml.services.experiments import ExperimentService
from jupyter_ml.services.jobs.service import JobService
from jupyter_ml.services.models.service import ModelService
from jupyter_ml.services.supervisor import SupervisorService
from tests.docs.pages import blocks, rows
from tests.workspaces import kill_processes_of

PYTHON = Path("docs/developers/python-api.md").resolve()


def test_every_method_of_jobs():
    check_calls([call for call, _ in rows(PYTHON, "Jobs")], JobService)
    names = {name for name, _ in inspect.getmembers(JobService, inspect.isfunction) if not name.startswith("_")}
    assert {call.func.id for cell, _ in rows(PYTHON, "Jobs") for call in calls(cell)} == names


def test_everything_that_a_workspace_shows_is_documented(tmp_path):
    """What completion offers for a workspace and for its services is on the page."""
    page = PYTHON.read_text()
    with Workspace.init(tmp_path) as workspace:
        shown = {f"workspace.{name}" for name in dir(workspace) if not name.startswith("_")}
        assert {name for name in shown if not re.search(rf"\b{name}\b", page, re.IGNORECASE)} == set()
        services = (
            "event_logs",
            "files",
            "filters",
            "forms",
            "lineage",
            "metrics",
            "repair",
            "runs",
            "servers",
            "vault",
        )
        named = {kind.plural: workspace.resources[singular] for singular, kind in KINDS.items() if singular != "job"}
        named |= {name: getattr(workspace, name) for name in services}
        methods = {f"workspace.{name}.{each}" for name, of in named.items() for each in dir(of) if each[0] != "_"}
    methods -= {f"workspace.{name}.kind" for name in named}
    assert {name for name in methods if f"{name}(" not in page} == set()


def test_methods_of_data():
    check_calls([call for call, _ in rows(PYTHON, "Data")], DataService)


def test_every_method_of_environments():
    cells = [cell for cell, _ in rows(PYTHON, "Environments")]
    check_calls(cells, EnvironmentService)
    names = {name for name, _ in inspect.getmembers(EnvironmentService, inspect.isfunction) if name[0] != "_"}
    names -= {"create_or_update", "save"}  # of kinds without versions
    assert {call.func.attr for cell in cells for call in calls(cell)} == names


def test_methods_of_models():
    check_calls([call for call, _ in rows(PYTHON, "Models")], ModelService)
    names = {name for name, _ in inspect.getmembers(ModelService, inspect.isfunction) if not name.startswith("_")}
    assert {call.func.attr for cell, _ in rows(PYTHON, "Models") for call in calls(cell)} == names


def test_methods_of_experiments_and_supervisor():
    cells = [cell for cell, _ in rows(PYTHON, "Experiments and the supervisor")]
    check_calls([cell for cell in cells if ".experiments." in cell], ExperimentService)
    check_calls([cell for cell in cells if ".supervisor." in cell], SupervisorService)


def test_every_method_of_datastores():
    cells = [cell for cell, _ in rows(PYTHON, "Datastores")]
    check_calls(cells, DatastoreService)
    own = {name for name, each in vars(DatastoreService).items() if inspect.isfunction(each) and name[0] != "_"}
    assert own <= {call.func.attr for cell in cells for call in calls(cell)}


def test_every_method_of_computes():
    cells = [cell for cell, _ in rows(PYTHON, "Computes")]
    check_calls(cells, ComputeService)
    own = {name for name, each in vars(ComputeService).items() if inspect.isfunction(each) and name[0] != "_"}
    assert own <= {call.func.attr for cell in cells for call in calls(cell)}


def calls(cell: str) -> list[ast.Call]:
    return [ast.parse(text, mode="eval").body for text in re.findall(r"`([^`]+)`", cell)]


def check_calls(cells: list[str], service: type) -> None:
    """Check that each call names a method, its parameters and their defaults."""
    assert cells
    for call in (call for cell in cells for call in calls(cell)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
        parameters = list(inspect.signature(getattr(service, name)).parameters.values())[1:]
        shown = [(item.id, inspect.Parameter.empty) for item in call.args]
        shown += [
            (item.arg, ast.literal_eval(item.value)) if item.arg else (item.value.id, inspect.Parameter.empty)
            for item in call.keywords
        ]
        assert shown == [(item.name, item.default) for item in parameters], name


@pytest.mark.integration
def test_python_page_runs(tmp_path, monkeypatch, mlflow_template):
    """The examples of the page run, from top to bottom, in an empty directory."""
    folder = tmp_path / ".jupyter-ml"
    folder.mkdir(mode=0o700)
    (folder / "mlflow.db").write_bytes(mlflow_template.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JUPYTER_ML_WORKSPACE", raising=False)
    try:
        exec(compile("\n".join(blocks(PYTHON, "python")), PYTHON.name, "exec"), {"__name__": "page"})
    finally:
        kill_processes_of(folder)
