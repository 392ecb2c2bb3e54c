# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that bodies are parsed strictly, and that encoded results are JSON for all numbers and texts."""

from __future__ import annotations

import json
import math
from urllib.parse import urlencode

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.datastore_types import DatastoreCreate
from jupyter_ml.schemas.experiments import ExperimentUpdate
from jupyter_ml.schemas.filter_checks import LONGEST
from jupyter_ml.schemas.jobs import Job
from jupyter_ml.schemas.specs import JobRerun
from jupyter_ml.schemas.workspace import WorkspaceOpen
from jupyter_ml.server.parsing import encode, parse_body
from tests.store.jobs import job


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, 0.5), (math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")],
)
def test_nan_and_infinity_are_encoded_as_strings(value, text):
    original = job("one", description="no NaN, no Infinity", metrics={"loss": value}, parameters={"grid": [value]})
    encoded = json.loads(encode(Job, original), parse_constant=refuse)
    assert (encoded["metrics"], encoded["parameters"]) == ({"loss": text}, {"grid": [text]})
    assert encoded["description"] == original.description


def test_the_encoding_is_the_same_with_and_without_such_numbers():
    plain = job("one", tags={"größe": "\u2028"}, metrics={"a": 1e22, "b": 1.0, "c": -0.0})
    odd = plain.model_copy(update={"description": "NaN"})
    assert encode(Job, odd) == encode(Job, plain).replace(b'"description":null', b'"description":"NaN"', 1)


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (JobRerun, b'{"snapshot": 0}'),
        (WorkspaceOpen, b'{"folder": "/srv", "create": "yes"}'),
        (ExperimentUpdate, b'{"view": {"pinned": false}}'),
        (DatastoreCreate, b'{"name": "a", "type": {}}'),
    ],
)
def test_types_in_a_body_are_not_guessed(schema, body):
    with pytest.raises(InvalidInputError):
        parse_body(schema, body, 1_000)


def test_a_filter_that_is_checked_fits_into_a_request():
    longest = urlencode(dict.fromkeys(("filter", "before"), "\N{GRINNING FACE}" * LONGEST))
    assert len(longest) < 64_000
