# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import json
import math
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.launch import AttemptFolder, Launch
from jupyter_ml.schemas.parameters import Parameter, coerce, decode, encode

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.dates()
    | st.datetimes()
    | st.builds(PurePosixPath, st.text("abc/", min_size=1)),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text("abc"), inner),
    max_leaves=8,
)


@given(VALUES)
def test_every_value_survives_json(value):
    assert decode(json.loads(json.dumps(encode(value)))) == value


def test_a_notebook_gets_what_json_has_no_numbers_for(tmp_path):
    values = {"rate": math.nan, "bounds": [-math.inf, {"most": math.inf}]}
    folder = AttemptFolder(tmp_path / "1")
    folder.write_launch(Launch(type="notebook", marker="m", notebook="a.ipynb", parameters=values))
    assert repr(folder.read_launch().parameters) == repr(values)


def test_what_cannot_be_a_parameter_is_named():
    with pytest.raises(InvalidInputError, match="timedelta cannot be a parameter"):
        encode({"x": [timedelta(1)]})
    with pytest.raises(InvalidInputError, match="is not a date"):
        decode({"$type": "date", "value": "tomorrow"})


@pytest.mark.parametrize(
    ("types", "text", "value"),
    [
        (["int"], "5", 5),
        (["float"], "5", 5.0),
        (["float"], "1e-3", 1e-3),
        (["str"], "5", "5"),
        (["str"], "None", "None"),
        (["none", "str"], "None", None),
        (["str", "none"], "abc", "abc"),
        (["int", "none"], "null", None),
        (["bool"], "true", True),
        (["list"], "[1, a]", [1, "a"]),
        (["tuple"], "[1, 2]", (1, 2)),
        (["dict"], "{a: 1}", {"a": 1}),
        (["date"], "2026-11-22", date(2026, 11, 22)),
        (["datetime"], "2026-11-22T10:00:00", datetime(2026, 11, 22, 10)),  # noqa: DTZ001
        (["path"], "a/b", PurePosixPath("a/b")),
        ([], "5", 5),
        ([], "a: b: c", "a: b: c"),
    ],
)
def test_text_becomes_what_is_declared(types, text, value):
    result = coerce(Parameter(name="x", types=types), text, from_text=True)
    assert (result, type(result)) == (value, type(value))


@pytest.mark.parametrize(
    ("types", "given_value"),
    [
        (["int"], 5.5),
        (["int"], "5"),
        (["int"], True),
        (["bool"], 1),
        (["str"], 5),
        (["list"], "a"),
        (["date"], "x"),
        (["float"], None),
    ],
)
def test_a_value_of_another_type_is_refused(types, given_value):
    with pytest.raises(InvalidInputError, match=r"parameter 'x' takes") as caught:
        coerce(Parameter(name="x", types=types), given_value)
    assert caught.value.field == "parameters.x"


def test_only_a_choice_is_taken():
    kernel = Parameter(name="kernel", types=["str"], choices=["rbf", "linear"])
    assert coerce(kernel, "rbf") == "rbf"
    with pytest.raises(InvalidInputError, match="takes one of 'rbf', 'linear', but got"):
        coerce(kernel, "poly")
