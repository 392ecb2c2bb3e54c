# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that jobs are independent of the server's process."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request

import psutil
import pytest

from jupyter_ml.environments.kernelspecs import write_kernelspec
from tests.server.processes import TOKEN, free_port, serving
from tests.workspaces import TIMEOUT_S, until, write_notebook

pytestmark = pytest.mark.integration


@pytest.fixture
def port() -> int:
    """Return a free port, which several servers have one after the other."""
    return free_port()


def printed(part) -> str:
    """Return the text of a part of an event log; a busy machine sends a line in pieces."""
    return "".join(event["output"]["text"] for event in part["events"] if event["type"] == "output")


def test_a_job_continues_while_the_server_is_restarted(root, tmp_path, port, shared):
    write_notebook(
        root / "wait.ipynb",
        "import pathlib, time\nprint('before')\nwhile not pathlib.Path(go).exists(): time.sleep(0.05)\nprint('after')",
        parameters="go = ''",
    )
    go = tmp_path / "go"
    job = {"type": "notebook", "notebook": "wait.ipynb", "parameters": {"go": str(go)}}
    with serving(root, tmp_path / "one", port) as server:
        name = server("POST", "/jobs", {"job": job})["name"]
        until(lambda: printed(server("GET", f"/jobs/{name}/events")) == "before\n")
        offset = server("GET", f"/jobs/{name}/events")["offset"]
        server.process.terminate()
        server.process.wait(TIMEOUT_S)
        assert "not recognized" not in server.log.read_text()
    assert shared.jobs.get(name).state == "Running"
    with serving(root, tmp_path / "two", port) as server:
        assert server("GET", f"/jobs/{name}")["state"] == "Running"
        server.process.kill()
        server.process.wait(TIMEOUT_S)
    assert shared.jobs.get(name).state == "Running"
    with serving(root, tmp_path / "three", port) as server:
        assert name in [each["name"] for each in server("GET", "/jobs?states=Running")["items"]]
        go.touch()
        until(lambda: server("GET", f"/jobs/{name}")["state"] == "Completed")
        assert printed(server("GET", f"/jobs/{name}/events?offset={offset}")) == "after\n"
        assert "before" in str(server("GET", f"/jobs/{name}/notebook"))


def test_clients_that_use_nothing_else_find_the_kernels_of_the_workspace(root, tmp_path, port, shared):
    folder = shared.environments.kernel_folder() / "jupyter-ml.elsewhere"
    write_kernelspec(folder, {"argv": ["python"], "display_name": "Elsewhere", "language": "python"})
    with serving(root, tmp_path / "one", port) as server:
        request = urllib.request.Request(f"{server.url}/api/kernelspecs", headers={"Authorization": f"token {TOKEN}"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            found = json.loads(response.read())["kernelspecs"]
        assert found["jupyter-ml.elsewhere"]["spec"]["display_name"] == "Elsewhere"
        until(lambda: not folder.exists())  # the workspace is opened, and has no such compute


def test_a_stopped_server_leaves_no_child_process(root, tmp_path, port, shared):
    with serving(root, tmp_path / "one", port) as server:
        server("GET", "/workspace")
        children = psutil.Process(server.process.pid).children(recursive=True)
    assert [child for child in children if child.is_running()] == []
    assert "Traceback" not in server.log.read_text()


def test_loading_the_extension_imports_no_heavy_library():
    heavy = set("pydantic mlflow sqlalchemy alembic pandas numpy docker papermill nbclient cryptography".split())
    script = (
        "import sys, jupyter_server.serverapp; before = set(sys.modules)\n"
        "import jupyter_ml; jupyter_ml._jupyter_server_extension_points()\n"
        f"print(sorted({heavy!r} & (set(sys.modules) - before)))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
