# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A compute is created from its configuration by the type that an installed package provides."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_ml.compute import registry
from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.computes import ComputeInfo


def config(**values: Any) -> ComputeInfo:
    return ComputeInfo(**{"name": "box", "type": "local", "created_at": now(), **values})


def test_a_compute_is_an_instance_of_its_type() -> None:
    assert "local" in registry.types()
    compute = registry.create(config())
    assert isinstance(compute, LocalCompute)
    assert compute.name == "box"


def test_an_unknown_type_is_reported_with_the_nearest_one() -> None:
    with pytest.raises(
        UnavailableError, match=r"'box' of type 'locl' cannot be .*\(did you mean 'local'\?\); there are: .*loc"
    ):
        registry.create(config(type="locl"))


def test_a_setting_that_the_type_does_not_have_is_reported() -> None:
    with pytest.raises(UnavailableError, match=r"(?s)'box' of type 'local' cannot be used: .*speed"):
        registry.create(config(settings={"speed": 1}))


def test_the_installed_packages_are_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    registry.types()
    monkeypatch.setattr(registry, "entry_points", None)
    assert "local" in registry.types()
    assert isinstance(registry.create(config()), LocalCompute)
