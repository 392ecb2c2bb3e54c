# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The cache of compiled files is bounded."""

from __future__ import annotations

import os

import pytest

from jupyter_ml.environments.bytecode import compile_packages, prune_bytecode
from jupyter_ml.environments.pythons import find, own_version


def cached(folder):
    return sorted(path.name for path in folder.glob("jupyter-ml/bytecode/*/*"))


def test_the_packages_that_were_used_last_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for age, name in enumerate(["c", "a", "b"]):
        place = tmp_path / "jupyter-ml" / "bytecode" / "3.11" / name
        place.mkdir(parents=True)
        os.utime(place, (1_000 - age, 1_000 - age))
    prune_bytecode(2)
    assert cached(tmp_path) == ["a", "c"]


@pytest.mark.integration
def test_a_package_that_is_used_again_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("one", "two"):
        packages = tmp_path / name
        (packages / f"{name}-1.0.dist-info").mkdir(parents=True)
        (packages / f"{name}-1.0.dist-info" / "RECORD").write_text(f"{name}.py,,\n")
        (packages / f"{name}.py").write_text("VALUE = 1\n")
        compile_packages(find(own_version()).path, own_version(), packages)
    place = next((tmp_path / "cache").glob("jupyter-ml/bytecode/*/one-*"))
    os.utime(place, (1, 1))
    compile_packages(find(own_version()).path, own_version(), tmp_path / "one")
    prune_bytecode(1)
    assert [name.partition("-")[0] for name in cached(tmp_path / "cache")] == ["one"]
    assert list((tmp_path / "two" / "__pycache__").glob("two.*.pyc"))
