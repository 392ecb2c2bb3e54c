# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration


HEAVY = ("IPython", "ipywidgets", "pydantic", "sqlalchemy", "mlflow", "yaml")


def loaded_after(code: str) -> set[str]:
    check = f"{code}\nimport sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    return set(subprocess.run([sys.executable, "-c", check], check=True, capture_output=True, text=True).stdout.split())


def test_importing_the_package_loads_no_dependency():
    assert loaded_after("import jupyter_ml; jupyter_ml.load_ipython_extension") == set()


def test_widgets_and_mlflow_are_loaded_on_first_use():
    assert not loaded_after("import jupyter_ml.magics.extension") & {"ipywidgets", "mlflow", "sqlalchemy"}
