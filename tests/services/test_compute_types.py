# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Each type of compute has the form that creates one, made from its models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import ConflictError, UnavailableError
from jupyter_ml.services.compute_types import compute_types
from tests.computes import Box

if TYPE_CHECKING:
    from jupyter_ml.schemas.forms import ComputeType


@pytest.fixture
def types(boxes) -> dict[str, ComputeType]:
    return {found.name: found for found in compute_types()}


def test_every_field_of_every_type_has_a_title_and_can_be_drawn(types):
    def check(schema):
        assert schema["title"]
        assert "type" in schema
        assert "anyOf" not in schema
        for inner in [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]:
            check(inner)

    assert {"instance", "local", "box"} <= types.keys()
    for found in types.values():
        assert found.title
        assert found.description.endswith(".")
        assert next(iter(found.fields["properties"])) == "name"
        assert found.fields["required"][0] == "name"
        assert "type" not in found.fields["properties"]
        assert {*found.ui["advanced"]} <= found.fields["properties"].keys()
        for schema in found.fields["properties"].values():
            check(schema)


def test_settings_of_a_type_are_keys_of_it_or_in_a_group(types):
    instance, box = (types[name].fields["properties"] for name in ("instance", "box"))
    assert instance["image"]["default"] == "python:3.12-slim"
    assert instance["mounts"]["items"]["properties"]["source"]["title"] == "Source"
    assert list(instance)[-1] == "price_per_hour", "rare fields are last"
    assert box["settings"]["properties"].keys() == Box.Settings.model_fields.keys()


def test_a_type_that_this_machine_cannot_have_shows_why(boxes, workspace, monkeypatch):
    def require():
        raise UnavailableError("boxes need wood: pip install wood")

    monkeypatch.setattr(Box, "require", require)
    assert {found.name: found.unavailable for found in compute_types()}["box"] == "boxes need wood: pip install wood"
    assert compute_types()[-1].unavailable, "types that can be created are first"
    with pytest.raises(ConflictError, match="compute 'b' cannot be created: boxes need wood"):
        workspace.computes.create({"name": "b", "type": "box"})


def test_a_type_that_cannot_be_loaded_shows_why(boxes, monkeypatch):
    def find(name):
        raise UnavailableError(f"the type {name!r} cannot be loaded: no module")

    monkeypatch.setattr("jupyter_ml.compute.registry.find", find)
    [*found] = compute_types()
    assert all("cannot be loaded" in each.unavailable for each in found)
