# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes are found by name."""

from __future__ import annotations

import pytest

from jupyter_ml.compute import discovery
from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.errors import NotFoundError


def test_local_is_always_there() -> None:
    assert "local" in discovery.names()
    assert isinstance(discovery.get("local"), LocalCompute)


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(NotFoundError, match=r"no compute 'locl' \(did you mean 'local'\?\); there are: .*local"):
        discovery.get("locl")


def test_the_installed_packages_are_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    discovery.names()
    monkeypatch.setattr(discovery, "entry_points", None)
    assert "local" in discovery.names()
    assert isinstance(discovery.get("local"), LocalCompute)
