# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where azureml-fsspec is installed too, programs with a broker read ``azureml://`` by our class, and others by its."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from jupyter_ml.broker.messages import VARIABLE
from jupyter_ml.executor.overlay import PROTOCOL

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "distributions" / "fsspec"
OTHER = "[fsspec.specs]\nazureml = other:OtherFileSystem\n"
PRINT = "import site, sys; site.addsitedir(sys.argv[1]); import fsspec; print(fsspec.get_filesystem_class('azureml'))"


@pytest.fixture
def packages(tmp_path) -> Path:
    """Return a directory of packages that another distribution with this protocol was installed into first."""
    info = tmp_path / "azureml_fsspec-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: azureml-fsspec\nVersion: 1\n")
    (info / "entry_points.txt").write_text(OTHER)
    (tmp_path / "other.py").write_text("import fsspec\nclass OtherFileSystem(fsspec.AbstractFileSystem): pass\n")
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True)
    return tmp_path


def used(packages: Path, **variables: str) -> str:
    env = {name: value for name, value in os.environ.items() if name != VARIABLE} | variables
    # before everything that this environment has
    env["PYTHONPATH"] = os.pathsep.join([str(packages), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-c", PRINT, packages], env=env, check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.integration
def test_our_class_is_used_in_programs_with_a_broker(packages: Path) -> None:
    assert "AzureMLFileSystem" in used(packages, **{VARIABLE: "/tmp/broker.sock"})
    assert "OtherFileSystem" in used(packages)


@pytest.mark.parametrize("project", [ROOT, ROOT / "distributions" / "executor"])
def test_each_distribution_has_it(project: Path) -> None:
    targets = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    included = targets["wheel"]["force-include"]
    found = {target: (project / source).resolve() for source, target in included.items()}
    for each in SOURCE.iterdir():
        assert found[each.name] == each
    assert (SOURCE / "jupyter_ml_datastores" / "protocol.egg-info" / "entry_points.txt").read_text() == PROTOCOL
