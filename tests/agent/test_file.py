# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The agent is written as one file that runs with an old Python and nothing else."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_ml.agent import archive
from jupyter_ml.compute.agents import copying

FILES = [*sorted(Path(archive.__file__).parent.glob("*.py")), Path(copying.__file__)]


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_only_the_standard_library_is_imported(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 9))  # fails where it is newer Python
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert modules
    others = {name for name in modules if not name.startswith("jupyter_ml.agent")}
    assert {name.partition(".")[0] for name in others} <= sys.stdlib_module_names


@pytest.mark.integration
@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_another_python_runs_it(version: str, tmp_path: Path) -> None:
    found = [shutil.which(f"python{version}"), *Path(sys.base_prefix).parent.glob(f"{version}*/bin/python{version}")]
    if not (working := [str(python) for python in found if python and works(str(python))]):
        pytest.skip(f"there is no Python {version}")
    archive.create(tmp_path / "agent.pyz")
    argv = [working[0], "-I", "-W", "error", str(tmp_path / "agent.pyz")]
    done = subprocess.run([*argv, "no-such-command"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "no-such-command: there is no such command\n")
    served = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert served.stdout.startswith(b"\0jupyter-ml-agent 1 ")
    assert served.stderr == b"agent: no agent replies\n"


def works(python: str) -> bool:
    """Return whether it is a Python: a command of that name may be a script that refuses to run."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
