# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the wheel as a user installs it, without the sources and without Node.js."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from site import getsitepackages
from typing import TYPE_CHECKING

import pytest

import jupyter_ml
from checks.bundle import LIMIT_BYTES, compressed_bytes, large_chunks, startup_chunks
from tests.server.processes import free_port, serving
from tests.workspaces import kill_processes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(900)]


@dataclass
class Installed:
    """A virtual environment with the wheel in it."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    def __call__(self, program: str, *arguments, cwd: Path) -> str:
        """Run one of its programs with a PATH that contains nothing else; return the output without colors."""
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)],
            env=dict.fromkeys(names, str(cwd / "home")) | {"PATH": str(self.programs)},
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return re.sub(r"\x1b\[\d*m", "", done.stdout)


def _python(*arguments, cwd: Path = ROOT) -> None:
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]


def _build(source: Path) -> Path:
    """Build the wheel from a source distribution, in a copy, so that the checkout's extension is unchanged."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    if (ROOT / "node_modules").exists():
        (source / "node_modules").symlink_to(ROOT / "node_modules")
    _python("build", "--installer", "uv", cwd=source)
    [wheel] = source.glob("dist/*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("wheel")
    made = Installed(folder / "venv")
    install = ("uv", "pip", "install", "--quiet", "--python", made.programs / "python")
    _python("venv", "--without-pip", made.folder)
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    with ThreadPoolExecutor() as threads:  # building and installing use one processor each
        wheel = threads.submit(_build, folder / "source")
        _python(*install, *needed)
        _python(*install, wheel.result())
    assert shutil.which("node", path=made.programs) is None
    yield made
    shutil.rmtree(folder)  # pytest would otherwise keep its 300 MB


@pytest.fixture(scope="module")
def root(installed, tmp_path_factory, mlflow_template):
    """Return a directory with a workspace that the installed command has created."""
    folder = tmp_path_factory.mktemp("project")
    installed("jupyter", "ml", "workspace", "init", folder, cwd=folder)
    shutil.copy(mlflow_template, folder / ".jupyter-ml" / "mlflow.db")  # MLflow takes seconds to create it
    yield folder
    kill_processes_of(folder / ".jupyter-ml")


def test_both_extensions_are_on(installed, root):
    version = jupyter_ml.__version__
    assert f"jupyter-ml v{version} enabled OK" in installed("jupyter", "labextension", "list", cwd=root)
    servers = installed("jupyter", "server", "extension", "list", cwd=root)
    assert re.search(rf"jupyter_ml enabled\n.*\n +jupyter_ml {version} OK", servers), servers


def test_the_front_end_is_whole(installed):
    front = installed.folder / "share/jupyter/labextensions/jupyter-ml"
    package = json.loads((front / "package.json").read_text())
    assert (front / package["jupyterlab"]["_build"]["load"]).is_file()
    assert (front / "static/style.js").is_file()
    assert json.loads((front / "install.json").read_text())["packageName"] == "jupyter-ml"
    assert list((front / "schemas/jupyter-ml").glob("*.json"))
    assert not list(installed.folder.glob("lib/python*/site-packages/jupyter_ml/labextension/node_modules"))


def test_little_is_loaded_at_the_start_of_jupyterlab(installed):
    extension = installed.folder / "share/jupyter/labextensions/jupyter-ml"
    chunks = startup_chunks(extension)
    assert any("jupyter-ml:sidebar" in path.read_text() for path in chunks)
    assert sum(map(compressed_bytes, chunks)) < LIMIT_BYTES
    assert large_chunks(extension) == {}


def test_the_server_answers_who_has_the_token(installed, root, tmp_path):
    program, python = ["-m", "jupyter_server"], installed.programs / "python"
    with serving(root, tmp_path / "server", free_port(), program, python) as server:
        assert server("GET", "/workspace")["name"] == root.name
        with pytest.raises(urllib.error.HTTPError, match="403"):
            server("GET", "/workspace", token="wrong")


def test_the_example_runs(installed, root):
    # scikit-learn comes from the environment of the tests, after all packages of the wheel
    [packages] = installed.folder.glob("lib/python*/site-packages")
    (packages / "examples.pth").write_text(os.pathsep.join(getsitepackages()))
    shutil.copy(ROOT / "examples/diabetes.ipynb", root)
    said = installed("jupyter", "ml", "run", "diabetes.ipynb", "-p", "alpha=0.5", cwd=root)
    assert re.search(r"state +● Completed", said), said
    assert re.search(r"metrics +.*rmse", said), said
