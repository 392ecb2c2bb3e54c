# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The Python package and the JupyterLab extension have the same version."""

from __future__ import annotations

import json
from pathlib import Path

import jupyter_ml

ROOT = Path(__file__).parents[1]


def test_one_version():
    package = json.loads((ROOT / "package.json").read_text())
    assert package["version"] == jupyter_ml.__version__


def test_develop_finds_the_front_end_where_it_is_built():
    package = json.loads((ROOT / "package.json").read_text())
    [found] = jupyter_ml._jupyter_labextension_paths()
    assert found["dest"] == package["name"]
    assert ROOT / package["jupyterlab"]["outputDir"] == ROOT / "jupyter_ml" / found["src"]


def test_no_host_in_the_lock_file():
    assert "://" not in (ROOT / "yarn.lock").read_text()
