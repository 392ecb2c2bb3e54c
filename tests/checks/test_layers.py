# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The contracts of import-linter cover every package: one that is added is not left out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

PACKAGES = {
    f"jupyter_ml.{path.stem}"
    for path in Path("jupyter_ml").iterdir()
    if (path / "__init__.py").exists() or (path.suffix == ".py" and not path.stem.startswith("__"))
}
CONTRACTS = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
EXCLUSIVE = {
    "Only storage imports fsspec and its file systems": {"storage"},
    "Only the store imports SQLAlchemy": {"store", "tracking"},
    "Only tracking imports MLflow": {"tracking"},
    "Only dataview imports DuckDB": {"dataview"},
    "Only the executor and notebooks import notebook libraries": {"executor", "notebooks"},
    "Only the command line imports terminal libraries": {"cli"},
    "Only the server, kernels and computes import HTTP libraries": {"server", "kernels", "compute"},
    "Only the magics import IPython": {"magics"},
}
"""The packages that may import a library, by the contract; tracking has one of its own about SQLAlchemy."""


def test_every_package_has_a_layer():
    layers = {name for layer in CONTRACTS[0]["layers"] for name in layer.split(" | ")}
    assert {f"jupyter_ml.{name}" for name in layers} == PACKAGES


def test_every_contract_about_a_library_is_checked_here():
    assert {contract["name"] for contract in CONTRACTS if contract["name"].startswith("Only ")} == set(EXCLUSIVE)


@pytest.mark.parametrize("name", EXCLUSIVE)
def test_a_library_is_imported_by_its_packages_only(name):
    [contract] = [contract for contract in CONTRACTS if contract["name"] == name]
    assert {*contract["source_modules"]} == PACKAGES - {f"jupyter_ml.{package}" for package in EXCLUSIVE[name]}
    assert "ignore_imports" not in contract
