# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A model that a job logs has the packages that the job has imported."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

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

    from jupyter_ml.tracking import model_packages

    assert all(hasattr(requirements_utils, name) for name in model_packages._USED)
