# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Answers are JSON, whatever numbers and texts are in them."""

from __future__ import annotations

import json
import math

import pytest

from jupyter_ml.schemas.jobs import Job
from jupyter_ml.server.parsing import encode
from tests.store.jobs import job


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, 0.5), (math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")],
)
def test_an_answer_has_texts_for_what_json_has_no_numbers_for(value, text):
    made = job("one", description="no NaN, no Infinity", metrics={"loss": value}, parameters={"grid": [value]})
    told = json.loads(encode(Job, made), parse_constant=refuse)
    assert (told["metrics"], told["parameters"]) == ({"loss": text}, {"grid": [text]})
    assert told["description"] == made.description


def test_an_answer_is_the_same_with_and_without_such_numbers():
    plain = job("one", tags={"größe": "\u2028"}, metrics={"a": 1e22, "b": 1.0, "c": -0.0})
    odd = plain.model_copy(update={"description": "NaN"})
    assert encode(Job, odd) == encode(Job, plain).replace(b'"description":null', b'"description":"NaN"', 1)
