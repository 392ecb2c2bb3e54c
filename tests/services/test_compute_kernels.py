# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes are kernels of JupyterLab, and so is each environment on each of them."""

from __future__ import annotations

import json
import re

import pytest
from nbformat import writes
from nbformat.v4 import new_notebook
from sqlalchemy import delete, insert

from jupyter_ml.compute import registry
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.kernels.specs import kernel_name
from jupyter_ml.schemas.forms import FormQuery
from jupyter_ml.schemas.notebook_job import NotebookJob
from jupyter_ml.schemas.plans import plan_text
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.submission import check
from jupyter_ml.store.crud import new_row
from jupyter_ml.store.tables import computes
from tests.kernels.types import with_types_of_tests
from tests.services.test_environment_kernels import SIX, pretend_built


@pytest.fixture
def add(workspace, monkeypatch):
    """Return a function that adds a compute of a type of tests to the workspace."""
    installed = with_types_of_tests()
    monkeypatch.setattr(registry, "_installed", lambda: installed)

    def add(name, kind, to=workspace):
        settings = {} if kind == "local" else {"directory": "/there"}
        with to._context.store.computes._database.write() as connection:
            connection.execute(insert(computes), new_row({"name": name, "type": kind, "settings": settings}, 1))

    return add


def kernels(workspace):
    folder = workspace.environments.kernel_folder()
    found = {file.parent.name: json.loads(file.read_text()) for file in folder.glob("*/kernel.json")}
    return {name: found[name] for name in sorted(found)}


def titles(workspace):
    return [spec["display_name"] for spec in kernels(workspace).values()]


def test_this_machine_has_the_kernels_of_environments_only(workspace, add):
    assert kernels(workspace) == {}
    add("second", "local")
    assert kernels(workspace) == {}
    assert not workspace._context.layout.kernels.exists()


def test_kernels_come_and_go_with_computes_and_environments(workspace, add):
    add("Box", "relay")
    assert titles(workspace) == ["Python (Box)"]
    workspace.environments.create({"name": "six.one", **SIX, "variables": {"A": "b"}})
    python = pretend_built(workspace, "six.one")
    assert titles(workspace) == ["Python (six.one)", "Python (Box)", "Python (Box · six.one)"]
    box = kernels(workspace)["jupyter-ml.box.six.one"]
    assert box["argv"][-2:] == ["{environment_python}", "{connection_file}"]
    sent = box["metadata"]["kernel_provisioner"]["config"]["environment"]
    assert (sent["folder"], sent["policy"]) == (str(python.parents[2]), "exact")
    assert sent["definition"]["requirements"] == ["six==1.16.0"]
    add("near", "socket")
    found = kernels(workspace)
    boxes = ["jupyter-ml.box", "jupyter-ml.box.six.one"]
    assert list(found) == ["jupyter-ml-six.one", *boxes, "jupyter-ml.near", "jupyter-ml.near.six.one"]
    near = found["jupyter-ml.near.six.one"]
    assert near["display_name"] == "Python (near · six.one)"
    assert near["argv"][-2:] == [str(python), "{connection_file}"]
    assert near["env"] == {"A": "b"}
    assert near["metadata"]["kernel_provisioner"] == {
        "provisioner_name": "jupyter-ml",
        "config": {
            "compute": {"name": "near", "type": "socket", "settings": {"directory": "/there"}},
            "directory": str(workspace.folder / "computes" / "near"),
            "vault": {
                "folder": str(workspace.folder),
                "files": str(workspace.folder / "vault"),
                "settings": {"kind": "embedded", "key": "file", "settings": {}},
            },
            "folder": str(workspace.folder / "kernels"),
            "fork": True,
        },
    }
    with workspace._context.store.computes._database.write() as connection:
        connection.execute(delete(computes).where(computes.c.type != "local"))
    assert titles(workspace) == ["Python (six.one)"]
    workspace.environments.delete("six.one")
    assert kernels(workspace) == {}


def test_kernels_are_not_forked_if_workspace_yml_switches_it_off(make_workspace, tmp_path, add):
    with make_workspace(tmp_path / "other", local={"fork": False}) as other:
        add("box", "relay", other)
        [box] = kernels(other).values()
    assert not box["metadata"]["kernel_provisioner"]["config"]["fork"]


def test_an_environment_that_was_sent_only_is_a_kernel_there(workspace, add):
    """As when its Python is not on this machine."""
    add("box", "relay")
    workspace.environments.create({"name": "six", **SIX})
    python = pretend_built(workspace, "six")
    sent = python.parents[1].with_name(f"{python.parents[1].name}-01234567")
    python.parents[1].rename(sent)
    assert titles(workspace) == ["Python (box)", "Python (box · six)"]
    assert workspace.environments.prune().removed == []
    workspace.environments.delete_build("six")
    assert not sent.exists()
    assert titles(workspace) == ["Python (box)"]


def test_a_plan_shows_that_an_environment_is_sent(workspace, add):
    add("box", "relay")
    planned = workspace.jobs.plan(
        {"type": "command", "command": "true", "code": None, "compute": "box", "environment": SIX}
    )
    assert planned.environment.state == "sent"
    assert "environment: of the job (would be installed on box first, unless it is there)" in plan_text(planned)


def test_a_compute_whose_type_is_not_installed_has_no_kernel(workspace, add):
    add("box", "relay")
    add("old", "missing")
    assert titles(workspace) == ["Python (box)"]


def test_names_are_valid_and_differ():
    names = [kernel_name("a"), kernel_name("b.a"), kernel_name(None, "b"), kernel_name("a", "b"), kernel_name("A", "C")]
    assert len({*names}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9._-]+", name) for name in names)  # as Jupyter wants them


def test_a_job_runs_on_the_compute_of_its_kernel_unless_it_names_one(workspace, add, tmp_path, monkeypatch):
    add("box", "relay")
    add("near", "socket")
    workspace.environments.create({"name": "six", **SIX})
    pretend_built(workspace, "six")
    kernels(workspace)
    monkeypatch.setenv("JUPYTER_PATH", str(workspace._context.layout.kernels.parent))  # as Jupyter Server does
    for name, changes, expected in [
        ("jupyter-ml.box", {}, ("box", None, "python3")),
        ("jupyter-ml.box", {"compute": "local"}, ("local", None, "python3")),
        ("jupyter-ml.near.six", {}, ("near", "azureml:six:1", None)),
        ("jupyter-ml-six", {}, ("local", "azureml:six:1", None)),
        ("jupyter-ml-six", {"compute": "near"}, ("near", "azureml:six:1", None)),
    ]:
        path = notebook(tmp_path, name)
        spec = check(workspace._context, LoadedSpec(NotebookJob(notebook=str(path), **changes)), {}).spec
        assert (spec.compute, spec.environment, spec.kernel_name) == expected
        if "compute" not in changes:
            form = workspace.forms.get(FormQuery(path=path.name), tmp_path)
            shown = [form.data["compute"], form.data.get("environment"), form.data.get("kernel_name")]
            assert shown == FORMS[name]
            offered = {each["const"] for each in form.fields["properties"]["kernel_name"]["oneOf"]}
            assert {"python3", "jupyter-ml-six"} <= offered
            assert not any(each.startswith("jupyter-ml.") for each in offered)


def test_a_job_that_names_another_compute_and_a_kernel_is_refused(workspace, add, tmp_path, monkeypatch):
    add("box", "relay")
    kernels(workspace)
    monkeypatch.setenv("JUPYTER_PATH", str(workspace._context.layout.kernels.parent))
    path = str(notebook(tmp_path, "python3"))
    message = "kernel_name: jupyter-ml.box is a kernel of the compute 'box', and the job names the compute 'local'"
    there = NotebookJob(notebook=path, kernel_name="jupyter-ml.box", compute="local")
    with pytest.raises(InvalidInputError, match=message):
        check(workspace._context, LoadedSpec(there), {})
    for compute in ({}, {"compute": "box"}):
        job = NotebookJob(notebook=path, kernel_name="jupyter-ml.box", **compute)
        assert check(workspace._context, LoadedSpec(job), {}).spec.compute == "box"


FORMS = {
    "jupyter-ml.box": ["box", None, None],
    "jupyter-ml.near.six": ["near", "azureml:six:1", None],
    "jupyter-ml-six": ["local", None, "jupyter-ml-six"],
}


def notebook(folder, kernel):
    path = folder / "train.ipynb"
    path.write_text(writes(new_notebook(metadata={"kernelspec": {"name": kernel, "display_name": "Python"}})))
    return path
