# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The agent is one file that runs with an old Python and nothing else."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.agent import agent
from jupyter_ml.compute.agents import copying

if TYPE_CHECKING:
    from types import ModuleType


@pytest.mark.parametrize("module", [agent, copying])
def test_only_the_standard_library_is_imported(module: ModuleType) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(), feature_version=(3, 9))  # fails where it is newer Python
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "sys" in modules
    assert {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names


@pytest.mark.integration
@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_another_python_runs_it(version: str) -> None:
    found = [shutil.which(f"python{version}"), *Path(sys.base_prefix).parent.glob(f"{version}*/bin/python{version}")]
    if not (working := [str(python) for python in found if python and works(str(python))]):
        pytest.skip(f"there is no Python {version}")
    argv = [working[0], "-I", "-W", "error", agent.__file__]
    done = subprocess.run([*argv, "no-such-command"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "no-such-command: there is no such command\n")
    served = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    assert served.stdout.startswith(b"\0jupyter-ml-agent 1 ")
    assert served.stderr == b"agent: no agent replies\n"


def works(python: str) -> bool:
    """Return whether it is a Python: a command of that name may be a script that refuses to run."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
