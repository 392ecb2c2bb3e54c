# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.error import UsageError

from jupyter_ml.magics.values import split_line
from jupyter_ml.schemas.yaml import parse_text


@pytest.mark.parametrize("line", ["-p x={value}", "-p x=$value"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (None, "null"),
        (True, "true"),
        ("two words", "two words"),
        ([1, "a"], '[1, "a"]'),
        ((1, 2), "[1, 2]"),
        ({"a": None}, '{"a": null}'),
        (date(2026, 11, 22), "2026-11-22"),
        (Path("a b"), "a b"),
    ],
)
def test_a_variable_is_inserted_as_a_user_would_type_it(line, value, text):
    assert split_line(line, {"value": value}) == ["-p", f"x={text}"]


@pytest.mark.parametrize("text", ["{unknown}", "$unknown", '{"alpha": 1}', "${{inputs.x}}", "{{x}}", "{x.y}", "{x+1}"])
def test_other_braces_and_dollars_are_unchanged(text):
    assert split_line(f"'{text}'", {"x": 1}) == [text]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(ANYTHING)
def test_a_value_is_one_argument_and_round_trips(value):
    (argument,) = split_line("{value}", {"value": value})
    assert argument == value if isinstance(value, str) else json.loads(argument) == value


def test_a_list_is_parsed_as_a_list():
    (word,) = split_line("{value}", {"value": [1, 2.5, "x"]})
    assert parse_text(word) == [1, 2.5, "x"]


def test_quoted_text_is_one_argument():
    assert split_line("jobs --sort 'metrics.r2 > 0.4'", {}) == ["jobs", "--sort", "metrics.r2 > 0.4"]
    with pytest.raises(UsageError, match="no closing quotation"):
        split_line("jobs --sort 'metrics", {})
