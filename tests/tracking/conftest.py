# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Real MLflow stores, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.tracking.client import Tracking

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="package")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("artifacts")


@pytest.fixture(scope="package")
def tracking(tmp_path_factory: pytest.TempPathFactory, artifacts: Path) -> Tracking:
    tracking = Tracking(Tracking.uri(None, tmp_path_factory.mktemp("store") / "mlflow.db"), str(artifacts))
    tracking.prepare()
    return tracking
