# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Installed environments are kernels of JupyterLab, and are not removed while something runs in them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import psutil
import pytest
from jupyter_client.manager import KernelManager
from nbformat import writes
from nbformat.v4 import new_notebook

from jupyter_ml.agent.kernel_forks import directory_of
from jupyter_ml.errors import ConflictError, InvalidInputError
from jupyter_ml.kernels.specs import InstalledEnvironment, Place, kernel_name, write_kernels
from jupyter_ml.schemas.notebook_job import NotebookJob
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.submission import check
from jupyter_ml.services.kernels import update_kernels
from tests.integration import FORKS
from tests.workspaces import until

SIX = {"requirements": ["six==1.16.0"]}


def pretend_built(workspace, name):
    """Create the directory of an environment as a build leaves it."""
    places = workspace._context.layout.environments
    python = places / workspace.environments.get(name).identity / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (python.parents[1] / "jupyter-ml.json").write_text("{}")
    return python


def kernels(workspace):
    folder = workspace.environments.kernel_folder()
    specs = [json.loads(file.read_text()) for file in folder.glob("*/kernel.json")]
    return {spec["display_name"]: spec for spec in specs}


def test_an_environment_is_a_kernel_while_it_is_installed(workspace):
    environments = workspace.environments
    environments.create({"name": "Mine", **SIX, "variables": {"GREETING": "hello"}})
    assert kernels(workspace) == {}
    python = pretend_built(workspace, "Mine")
    environments.create({"name": "same", **SIX})
    found = kernels(workspace)
    assert sorted(found) == ["Python (Mine)", "Python (same)"]
    assert str(python) in found["Python (Mine)"]["argv"]
    assert found["Python (Mine)"]["env"] == {"GREETING": "hello"}
    assert (environments.kernel_folder() / kernel_name("Mine")).name == "jupyter-ml-mine"
    environments.archive("same")
    assert sorted(kernels(workspace)) == ["Python (Mine)"]
    environments.restore("same")
    environments.delete("Mine")
    assert sorted(kernels(workspace)) == ["Python (same)"]
    environments.delete_build("same")
    assert kernels(workspace) == {}


def test_the_newest_version_that_is_installed_is_the_kernel(workspace):
    environments = workspace.environments
    environments.create({"name": "six", **SIX})
    pretend_built(workspace, "six")
    environments.create({"name": "six", "requirements": ["six==1.15.0"]})
    assert kernels(workspace)["Python (six)"]["metadata"]["jupyter_ml"]["version"] == "1"
    pretend_built(workspace, "six")
    assert kernels(workspace)["Python (six)"]["metadata"]["jupyter_ml"]["version"] == "2"


def test_a_job_with_the_kernel_of_an_environment_has_that_environment(workspace, tmp_path, monkeypatch):
    workspace.environments.create({"name": "Mine", **SIX})
    pretend_built(workspace, "Mine")
    workspace.environments.create({"name": "Mine", "requirements": ["six==1.15.0"]})  # is not installed
    update_kernels(workspace._context)
    monkeypatch.delenv("JUPYTER_PATH", raising=False)  # outside of JupyterLab
    path = tmp_path / "train.ipynb"
    notebook = new_notebook(metadata={"kernelspec": {"name": "jupyter-ml-mine", "display_name": "Python (Mine)"}})
    path.write_text(writes(notebook))
    assert checked(workspace, NotebookJob(notebook=str(path))).environment == "azureml:Mine:1"
    assert checked(workspace, NotebookJob(notebook=str(path), environment="azureml:Mine:2")).environment.endswith(":2")
    assert checked(workspace, NotebookJob(notebook=str(path), kernel_name="python3")).environment is None
    workspace.environments.delete("Mine:1")
    here = Place(None, {}, sys.executable)
    mine = InstalledEnvironment("Mine", "1", Path(sys.executable), {}, {})
    write_kernels(workspace.environments.kernel_folder(), [here], [mine])
    with pytest.raises(InvalidInputError, match="has no version '1'"):
        checked(workspace, NotebookJob(notebook=str(path)))
    with pytest.raises(InvalidInputError, match="did you mean 'jupyter-ml-mine'"):
        checked(workspace, NotebookJob(notebook=str(path), kernel_name="jupyter-ml-min"))


def checked(workspace, spec):
    """Return the spec that would be stored."""
    return check(workspace._context, LoadedSpec(spec), {}).spec


def test_clients_are_notified_of_changes(workspace):
    workspace.environments.create({"name": "six", **SIX})
    pretend_built(workspace, "six")
    last = workspace._context.store.events.last()
    assert workspace.environments.delete_build("six").state == "not_built"
    (event,) = workspace._context.store.events.since(last)
    assert (event.type, event.name, event.data["state"]) == ("environment_build_changed", "six", "not_built")


def test_two_versions_are_compared_by_their_requirements_or_locks(workspace):
    environments = workspace.environments
    environments.create({"name": "six", **SIX, "python": "3.11"})
    environments.create({"name": "six", "requirements": ["six==1.15.0", "idna"], "python": "3.11"})
    found = environments.compare("six:1", "six:2")
    rows = [(row.name, row.first, row.second) for row in found.packages]
    assert not found.resolved
    assert rows == [("idna", None, ""), ("six", "1.16.0", "1.15.0"), ("python", "3.11", "3.11")]
    state = workspace._context.layout.environments / "state"
    state.mkdir(parents=True)
    for version, lock in (("1", "six==1.16.0\n"), ("2", "six==1.15.0\nidna==3.7\n")):
        (state / f"{environments.get(f'six:{version}').identity}.txt").write_text(lock)
    found = environments.compare("six:1", "six:2")
    assert (found.resolved, found.packages[0].second) == (True, "3.7")
    environments.create({"name": "image", "image": "python"})
    with pytest.raises(InvalidInputError, match="only a Docker image"):
        environments.compare("six:1", "image")


@FORKS
@pytest.mark.integration
def test_a_kernel_runs_in_the_environment_and_keeps_it(workspace):
    """``pip install`` in the notebook does not change the environment, and lasts as long as the kernel."""
    environments = workspace.environments
    environments.create({"name": "six", **SIX})
    environments.build("six")
    spec = kernels(workspace)["Python (six)"]
    python = Path(spec["argv"][-2])
    manager = KernelManager(kernel_name="jupyter-ml-six")
    manager.kernel_spec_manager.kernel_dirs = [str(environments.kernel_folder())]
    manager.start_kernel()
    try:
        code = "import six, fsspec; from pip._internal.cli.main import main; main(['install', '-q', 'idna==3.7'])"
        assert run(manager, f"{code}; print(six.__version__)").strip().endswith("1.16.0")
        assert run(manager, "import idna; print(idna.__version__)") == "3.7\n"
        with pytest.raises(ConflictError, match=r"in use by the process \d+"):
            environments.delete_build("six")
        assert environments.prune(everything=True).removed == []
        assert not list(python.parents[1].glob("lib/*/site-packages/idna*"))
        directory = Path(directory_of(str(python), bare=True))
        until((directory / "agent.sock").exists)
        forked = "import idna, os, six, sys; print(idna.__version__, six.__version__, sys.executable, os.getppid())"
        forkserver = psutil.Process(int((directory / "lock").read_text()))

        def restart():
            manager.restart_kernel(now=True)
            return run(manager, forked).split()

        # a forkserver that does not reply in time, on a busy machine, is not waited for
        printed = until(lambda: (words := restart())[-1] == str(forkserver.pid) and words)
        assert printed == ["3.7", "1.16.0", manager.provisioner.python, str(forkserver.pid)]
        assert run(manager, "!python -c 'import idna, sys; print(sys.executable)'").strip() == printed[2]
        with pytest.raises(ConflictError, match=f"in use by the process {manager.provisioner.pid}"):
            environments.delete_build("six")
        captured = environments.capture("captured", python=manager.provisioner.python).requirements
        assert "six==1.16.0" in captured
        assert not [line for line in captured if line.startswith(("ipykernel", "mlflow"))]
    finally:
        manager.shutdown_kernel(now=True)
    assert forkserver.is_running()
    assert environments.delete_build("six").state == "not_built"
    forkserver.kill()


def run(manager, code):
    """Return what some code prints in a kernel."""
    client = manager.blocking_client()
    client.start_channels()
    printed = []
    try:
        client.wait_for_ready(timeout=120)

        def collect(message):
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = client.execute_interactive(code, timeout=240, output_hook=collect)
        assert reply["content"]["status"] == "ok", reply["content"]
    finally:
        client.stop_channels()
    return "".join(printed)
