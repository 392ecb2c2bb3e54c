# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A model that a job logs has the packages that the job has imported, in the versions of its lock."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import version
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.tracking import model_packages
from tests.tracking.programs import program, start

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.tracking.client import Tracking

LOG = """
    import sys
    import mlflow, ipykernel, psutil
    from sklearn.linear_model import LinearRegression

    started = []
    sys.addaudithook(lambda event, arguments: started.append(arguments) if event == "subprocess.Popen" else None)
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    logged = mlflow.sklearn.log_model(model, name="model", serialization_format="cloudpickle")
    with open(f"{mlflow.artifacts.download_artifacts(logged.model_uri)}/requirements.txt") as file:
        print(file.read())
    print("started:", [each[0] for each in started if "_capture_modules" in str(each)])
"""


@pytest.mark.integration
def test_packages_are_those_that_the_job_has_imported(tracking: Tracking, tmp_path: Path) -> None:
    done = program(tracking, start(tracking), LOG, tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    packages = {line.partition("==")[0] for line in lines if "==" in line}
    assert f"scikit-learn=={version('scikit-learn')}" in lines
    assert {"cloudpickle", "scikit-learn"} <= packages
    assert packages.isdisjoint({"ipykernel", "psutil", "jupyter-ml", "pytest", "google-cloud-storage"})
    assert lines[-1] == "started: []"


def test_mlflow_has_what_is_used_of_it() -> None:
    from mlflow.utils import requirements_utils

    assert all(hasattr(requirements_utils, name) for name in model_packages._USED)


def test_packages_are_lines_of_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was imported, and all that it requires; `psutil` is part of it, because the lock has it."""
    import psutil  # noqa: F401
    import sklearn  # noqa: F401
    from mlflow.utils import requirements_utils

    lock = tmp_path / "lock.txt"
    locked = ["scikit_learn==1.0", "numpy==2.0", "scipy @ https://example.com/scipy.whl", "psutil==5.0", "moto==1.0"]
    lock.write_text(
        "# Python 3.11\n" + "".join(f"{line} \\\n    --hash=sha256:0\n" for line in [*locked, "mlflow==3.0"])
    )
    infer = model_packages._inferred(requirements_utils, lambda *_: ["not locked"])
    assert infer("uri", "sklearn") == ["not locked"]
    monkeypatch.setenv("JUPYTER_ML_LOCK", str(lock))
    modules = {name: module for name, module in sys.modules.items() if not name.startswith("moto")}
    monkeypatch.setattr(model_packages, "sys", SimpleNamespace(modules=modules))
    found = set(infer("uri", "sklearn"))
    assert set(locked) - {"moto==1.0"} <= found
    assert "moto==1.0" not in found
    assert f"pytest=={pytest.__version__}" in found  # installed besides, and imported
    assert not {line for line in found if line.startswith("mlflow")}
    monkeypatch.setenv("JUPYTER_ML_LOCK", "/nowhere")
    assert infer("uri", "sklearn") == ["not locked"]


def test_a_namespace_package_is_found_by_its_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow.utils import requirements_utils

    for name in ("spacious-one", "spacious-two"):
        part = name.removeprefix("spacious-")
        (tmp_path / "spacious" / part).mkdir(parents=True)
        (tmp_path / "spacious" / part / "__init__.py").touch()
        info = tmp_path / f"{name.replace('-', '_')}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (info / "RECORD").write_text(f"spacious/{part}/__init__.py,,\n")
    monkeypatch.syspath_prepend(tmp_path)
    packages = {"spacious": ["spacious-one", "spacious-two"]}
    monkeypatch.setattr(requirements_utils, "_MODULES_TO_PACKAGES", packages)
    importlib.import_module("spacious.two")
    assert dict(model_packages._imported(requirements_utils)) == {"spacious.two": ["spacious-two"]}
