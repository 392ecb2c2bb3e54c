# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Paths of data that has a name consist of the name and a path in it."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.named_data import DataName, NamedData, split_name

LONG = "subscriptions/s/resourcegroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


@pytest.mark.parametrize(
    ("path", "name", "inside"),
    [
        ("data/titanic/versions/1", "data/titanic/versions/1", ""),
        ("data/titanic/labels/latest/train/a.csv", "data/titanic/labels/latest", "train/a.csv"),
        ("data/titanic@latest/a.csv", "data/titanic@latest", "a.csv"),
        ("data/titanic:1", "data/titanic:1", ""),
        ("data/titanic", "data/titanic", ""),
        ("jobs/otter/outputs/table/paths/a/b.csv", "jobs/otter/outputs/table/paths", "a/b.csv"),
        ("jobs/otter/outputs/table", "jobs/otter/outputs/table", ""),
        ("models/m/versions/1/MLmodel", "models/m/versions/1", "MLmodel"),
        (f"{LONG}/data/titanic/versions/1/a.csv", f"{LONG}/data/titanic/versions/1", "a.csv"),
        ("registries/r/data/titanic/versions/1", "registries/r/data/titanic/versions/1", ""),
    ],
)
def test_a_name_and_a_path(path, name, inside):
    assert split_name(path) == DataName(name, inside)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "datastores",
        "datastores/lake/paths/data/titanic/versions/1",
        f"{LONG}/datastores/lake/paths/a",
        "workspaces",
    ],
)
def test_another_path_has_no_name(path):
    assert split_name(path) is None


@pytest.mark.parametrize("document", [{}, {"reference": "r"}, {"reference": "r", "location": 1}])
def test_an_incomplete_response_is_refused(document):
    with pytest.raises(InvalidInputError):
        NamedData.of(document)
