# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The language of filters: what is written is read again, and whatever is typed is read or refused at once."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.schemas.experiments import ExperimentQuery
from jupyter_ml.schemas.filter_parsing import MAX_CHARS, MAX_TERMS, parse_filter, unfinished
from jupyter_ml.schemas.filters import SOURCES, Comparison, FieldTerm, FilterError, TextTerm, written
from jupyter_ml.schemas.queries import JOB_FILTER_KEYS, JobQuery
from jupyter_ml.schemas.states import JobState

FREE = [key.name for key in JOB_FILTER_KEYS if not key.values and not key.source]
CLOSED = [(key.name, key.values) for key in JOB_FILTER_KEYS if key.values]
texts = st.text(min_size=1, max_size=30)
metrics = st.just(("metrics",))
terms = st.one_of(
    st.builds(TextTerm, texts, st.booleans()),
    st.builds(FieldTerm, st.sampled_from(FREE), st.lists(texts, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.sampled_from(CLOSED).flatmap(
        lambda key: st.builds(
            FieldTerm, st.just(key[0]), st.lists(st.sampled_from(key[1]), min_size=1).map(tuple), st.booleans()
        )
    ),
    st.builds(
        Comparison,
        texts,
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        texts,
        st.sampled_from([SOURCES, ("parameters",), ("tags",)]),
        st.booleans(),
    ),
    st.builds(Comparison, texts, st.just("<"), st.floats(allow_nan=False).map(str), metrics, st.booleans()),
    st.builds(lambda name, source: Comparison(name, sources=(source,)), texts, st.sampled_from(SOURCES)),
)
typed = st.text() | st.lists(
    st.sampled_from(
        [
            "is:",
            "failed",
            "tag:",
            "team",
            "=",
            "<",
            " ",
            ",",
            "-",
            '"',
            "'",
            "\\",
            "metrics.",
            "r2",
            ">",
            "!",
            ":",
            "é",
            "OR",
        ]
    )
).map("".join)


def parse(text):
    return [*parse_filter(text, JOB_FILTER_KEYS)]


@given(st.lists(terms, max_size=5, unique=True))
def test_what_is_written_is_read_again(given_terms):
    assert parse(written(given_terms)) == given_terms


@given(typed)
def test_whatever_is_typed_is_read_or_refused(text):
    with suppress(FilterError):  # no other error
        found = parse(text)
        assert parse(written(found)) == found
    part = unfinished(text, JOB_FILTER_KEYS)
    assert 0 <= part.start <= len(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("  big   otter ", [TextTerm("big"), TextTerm("otter")]),
        ('"big otter"', [TextTerm("big otter")]),
        ("it's", [TextTerm("it's")]),
        ("is:Failed,canceled", [FieldTerm("is", ("failed", "canceled"))]),
        ("IS:failed", [FieldTerm("is", ("failed",))]),
        ("-is:failed -otter", [FieldTerm("is", ("failed",), True), TextTerm("otter", True)]),
        ('experiment:"two words"', [FieldTerm("experiment", ("two words",))]),
        ("notebook:train", [FieldTerm("notebook", ("train",))]),
        ("alpha=0.1", [Comparison("alpha", "=", "0.1")]),
        ("score > 0.5", [Comparison("score", ">", "0.5")]),
        ("score>0.5 otter", [Comparison("score", ">", "0.5"), TextTerm("otter")]),
        ("metrics.r2 >= .4", [Comparison("r2", ">=", ".4", ("metrics",))]),
        ("params.model == ridge", [Comparison("model", "=", "ridge", ("parameters",))]),
        ("tag:team=a", [Comparison("team", "=", "a", ("tags",))]),
        ("tag:team", [Comparison("team", sources=("tags",))]),
        ('-tags.note != "a \\"b\\""', [Comparison("note", "!=", 'a "b"', ("tags",), True)]),
        ('"val acc" < 1', [Comparison("val acc", "<", "1")]),
        ("params.yaml", [TextTerm("params.yaml")]),
        ("https://host/run 10:30", [TextTerm("https://host/run"), TextTerm("10:30")]),
        ("a a", [TextTerm("a")]),
        ('"OR"', [TextTerm("OR")]),
    ],
)
def test_filters(text, found):
    assert parse(text) == found


@pytest.mark.parametrize(
    ("text", "message", "incomplete"),
    [
        ("foo:bar", "unknown key 'foo': use one of is, name, notebook, experiment, tag, ", False),
        ("expermient:x", "did you mean 'experiment'", False),
        ("is:done", "unknown value 'done' of is: use one of ", False),
        ("is:canceld", "did you mean 'canceled'", False),
        ("is:fai", "unknown value 'fai' of is", True),
        ("is:fai otter", "unknown value 'fai' of is", False),
        ("is:", "a value is missing after is:", True),
        ("is:failed,", "a value is missing after is:", True),
        ("tag:", "a name is missing", True),
        ("metrics.", "a name is missing after metrics.", True),
        ("metrics.r2 >", "a value is missing after 'r2' >", True),
        ("> 5", "a name is missing before '> 5'", False),
        ("metric:r2>high", "a metric is compared with a number, not with 'high'", False),
        ('name:"two wor', "the quotation mark of '\"two wor' is not closed", True),
        ('""', "there is no text between the quotation marks", True),
        ("a OR b", "OR has no meaning", False),
        ("x" * 10_000, f"the filter has 10,000 characters: at most {MAX_CHARS:,} are allowed", False),
        (" ".join(f"w{n}" for n in range(MAX_TERMS + 1)), f"the filter has {MAX_TERMS + 1} terms: at most", False),
    ],
)
def test_what_cannot_be_read_is_refused(text, message, incomplete):
    with pytest.raises(FilterError) as raised:
        parse(text)
    assert message in str(raised.value)
    assert raised.value.incomplete is incomplete


def test_a_message_is_short_whatever_was_typed():
    for text in ("x" * 1_900 + ":y", "is:" + "x" * 1_900, "<" * 1_900, '"' + "x" * 1_900):
        with pytest.raises(FilterError) as raised:
            parse(text)
        assert len(str(raised.value)) < 500


@pytest.mark.parametrize(
    "piece", ['"', "'", "\\", '"\\', "a ", "-", "!", "=", "a=", "<", "metrics.", "is:", "a:", ",", " "]
)
def test_repetition_is_read_in_linear_time(piece):
    start = time.process_time()
    for ending in ("", "x", '"'):
        text = piece * (MAX_CHARS // len(piece) - 1) + ending
        with suppress(FilterError):
            parse(text)
        unfinished(text, JOB_FILTER_KEYS)
    assert time.process_time() - start < 2  # exponential time would be years


def test_each_kind_has_its_own_keys():
    with pytest.raises(FilterError, match="unknown value 'failed' of is: use one of archived"):
        ExperimentQuery(filter="is:failed")
    with pytest.raises(FilterError, match="nothing is compared in this list"):
        ExperimentQuery(filter="alpha=0.1")
    assert ExperimentQuery(filter="trees is:archived").stage is None
    assert ExperimentQuery(filter="trees").stage is False


def test_every_state_is_found_by_is():
    values = next(key.values for key in JOB_FILTER_KEYS if key.name == "is")
    assert {state.lower() for state in JobState} <= {*values}
    assert JobQuery(filter="is:running").terms == (FieldTerm("is", ("running",)),)
