# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The commands of the example of assets, as its page has them, with a real S3 server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_ml import Workspace
from tests.workspaces import files_with

EXAMPLE = Path(__file__).parents[2] / "examples" / "assets"


def commands() -> list[str]:
    """Return the lines of the page's blocks of commands."""
    blocks = re.findall(r"```sh\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.integration
def test_the_commands_of_the_example(tmp_path, s3_server):
    project = shutil.copytree(EXAMPLE, tmp_path / "assets")
    server, (key, secret) = s3_server.spec, s3_server.spec["credentials"].values()
    printed = {}
    for number, line in enumerate(commands()):
        there = f" --set endpoint_url={server['endpoint_url']}" if "lake.yml" in line else ""
        done = subprocess.run(
            line + there,
            shell=True,
            cwd=project,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
            input=f"{key}\n{secret}\n" if there else "",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        printed[number, line] = done.stdout
    lineages = [text for (_, line), text in printed.items() if " lineage " in line]
    assert "input measurements: data measurements:1" in lineages[0]
    assert "environment: environment least-squares:1" in lineages[0]
    assert "made by measurements: job" in lineages[1]
    assert "made model: model reactor:2" in lineages[1]
    with Workspace.open(project) as workspace:
        try:
            model = workspace.models.get("reactor:1")
            job = workspace.jobs.get(model.source.job)
            assert job.metrics["r2"] > 0.9
            assert "with NumPy 2.3.5" in workspace.jobs.folder(job.name).std_log.read_text()
            assert job.inputs["measurements"].reference == "azureml:measurements:1"
            assert workspace.data.check("measurements:1").state == "changed"
            assert workspace.data.check("measurements:2").state == "unchanged"
            assert files_with(project, secret) == []
        finally:
            workspace.supervisor.stop()
