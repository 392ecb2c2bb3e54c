# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Packages that a job installs exist until it ends, and do not change the base environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.executor.overlay import Overlay
from jupyter_ml.executor.python_installation import describe

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


INSTALL = "pip install --no-index --no-deps --disable-pip-version-check --quiet"


def make_wheel(folder: Path, version: str, name: str = "tiny") -> Path:
    """Write a wheel with a module and a program."""
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"version = {version!r}\ndef main(): print('program', version)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name}-program = {name}:main\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in (files | {f"{info}/RECORD": record}).items():
            archive.writestr(file, text)
    return wheel


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a virtual environment with pip, version 1 of a package, and an editable package."""
    folder = tmp_path_factory.mktemp("base")
    subprocess.run([sys.executable, "-m", "venv", folder / "below"], check=True)
    python = folder / "below" / "bin" / "python"
    subprocess.run(f"{python} -m {INSTALL} {make_wheel(folder, '1')}", shell=True, check=True)
    (folder / "edited.py").write_text("here = True\n")
    packages = next(folder.glob("below/lib/python*/site-packages"))
    (packages / "edited.pth").write_text(f"{folder}\n")
    return python


def listing(folder: Path) -> set[tuple[str, int]]:
    return {(str(file), file.stat().st_size) for file in folder.rglob("*") if "__pycache__" not in file.parts}


def in_overlay(overlay: Overlay, command: str, cwd: Path) -> str:
    environment = overlay.environment({"PATH": os.environ["PATH"], "HOME": str(cwd)})
    done = subprocess.run(
        ["bash", "-ec", command], env=environment, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


SHOW = "python -c 'import tiny; print(tiny.version)'"


def test_packages_are_installed_into_the_layer(below: Path, tmp_path: Path) -> None:
    before = listing(below.parents[1])
    make_wheel(tmp_path, "2")
    overlay = Overlay(tmp_path / "an overlay", describe(str(below)))
    assert in_overlay(overlay, SHOW, tmp_path) == "1\n"
    assert not overlay.installed()
    assert in_overlay(overlay, f"{INSTALL} tiny-2-*.whl; {SHOW}; tiny-program", tmp_path) == "2\nprogram 2\n"
    assert overlay.installed()
    assert in_overlay(overlay, f"pip uninstall -q -y tiny; {SHOW}", tmp_path) == "1\n"
    in_overlay(overlay, "pip uninstall -q -y tiny", tmp_path)  # that below is not its own
    assert in_overlay(overlay, f"python3 -m {INSTALL} --upgrade tiny-2-*.whl; {SHOW}", tmp_path) == "2\n"
    assert listing(below.parents[1]) == before
    shutil.rmtree(tmp_path / "an overlay")
    assert (
        subprocess.run(
            f"{below} -c 'import tiny; print(tiny.version)'", shell=True, capture_output=True, check=True
        ).stdout
        == b"1\n"
    )


def test_a_folder_with_a_colon_is_on_the_path(below: Path, tmp_path: Path) -> None:
    before = listing(below.parents[1])
    overlay = Overlay(tmp_path / "an:overlay", describe(str(below)))
    in_overlay(overlay, f"{INSTALL} --upgrade {make_wheel(tmp_path, '2')}", tmp_path)
    assert in_overlay(overlay, SHOW, tmp_path) == "2\n"
    assert overlay.installed()
    assert listing(below.parents[1]) == before


def test_editable_packages_and_jupyter_files_of_the_base_are_found(below: Path, tmp_path: Path) -> None:
    overlay = Overlay(tmp_path / "overlay", describe(str(below)))
    assert in_overlay(
        overlay, "python -c 'import edited; print(edited.here)'; echo $JUPYTER_PATH; echo $VIRTUAL_ENV", tmp_path
    ) == (f"True\n{below.parents[1] / 'share' / 'jupyter'}\n{tmp_path / 'overlay'}\n")


def test_conda_cannot_change_the_base_environment(below: Path, tmp_path: Path) -> None:
    (tmp_path / "programs").mkdir()
    conda = tmp_path / "programs" / "conda"
    conda.write_text('#!/bin/sh\necho conda "$@"\n')
    conda.chmod(0o755)
    overlay = Overlay(tmp_path / "overlay", describe(str(below)))
    environment = overlay.environment({"PATH": f"{conda.parent}:{os.environ['PATH']}"})
    assert (
        subprocess.run(
            ["bash", "-c", "conda list 'a b'"], env=environment, capture_output=True, text=True, check=True
        ).stdout
        == "conda list a b\n"
    )
    refused = subprocess.run(
        ["bash", "-c", "conda install numpy"], env=environment, capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "conda install: a job does not change the environment that it runs in" in refused.stderr


def test_a_command_and_a_notebook_install_packages(attempt, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "1", "only_in_job")
    pip = f"{INSTALL} {wheel}"
    outer = "import importlib.util, sys; sys.exit(importlib.util.find_spec('only_in_job') is not None)"
    for run in (
        attempt(command=f"{pip} && python -c 'import only_in_job; print(only_in_job.version)' && only_in_job-program"),
        attempt(f"%{pip}", "import only_in_job\nprint(only_in_job.version)", "!only_in_job-program"),
        attempt(
            f"!{pip}",
            "import subprocess, sys\ncode = 'import only_in_job as o; print(o.version)'\n"
            "subprocess.run([sys.executable, '-c', code], check=True)\n!only_in_job-program",
        ),
    ):
        assert run.run() == 0, run.folder.log.read_text() + str(run.events)
        printed = run.folder.std_log.read_text()
        assert "1\n" in printed
        assert "program 1\n" in printed
        assert "only_in_job==1" in run.folder.packages.read_text().splitlines()
        assert subprocess.run([sys.executable, "-c", outer], check=False).returncode == 0


def test_datastores_are_read_by_our_class_where_another_one_is_installed(tmp_path: Path) -> None:
    other = tmp_path / "base" / "azureml_fsspec-1.3.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: azureml-fsspec\nVersion: 1.3\n")
    (other / "entry_points.txt").write_text("[fsspec.specs]\nazureml = azureml.fsspec:Other\n")
    python = describe(sys.executable)
    assert python is not None
    base = replace(python, sites=[str(other.parent), *python.sites])
    code = "import fsspec; print(fsspec.get_filesystem_class('azureml').__module__)"
    overlay = Overlay(tmp_path / "a", base)
    done = subprocess.run([overlay.python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "jupyter_ml.storage.azureml\n"
    assert not overlay.installed()
    without = Overlay(tmp_path / "b", replace(base, path=[]))  # in which Jupyter ML is not installed
    assert [*without.packages.glob("*.egg-info")] == []
