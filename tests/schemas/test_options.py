# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.options import JOB_LIST_OPTIONS, JOB_OPTIONS, assignments, code, job_spec
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import NotebookJob, Priority

VALUES = {option.key: [] if option.repeatable else option.default for option in JOB_OPTIONS}


def option(flag):
    return next(option for option in (*JOB_OPTIONS, *JOB_LIST_OPTIONS) if flag in option.flags)


def test_keys_are_fields_of_the_job_spec_and_of_the_query():
    limits = {"timeout", "cell_timeout"}
    assert {item.key for item in JOB_OPTIONS} - limits - {"no_code"} <= NotebookJob.model_fields.keys()
    assert {item.key for item in JOB_LIST_OPTIONS} - {"ascending"} <= JobQuery.model_fields.keys()


def test_choices_and_defaults_are_those_of_the_schemas():
    assert set(option("--priority").choices) == set(Priority)
    for key in ("sort", "limit", "offset", "archived"):
        assert option(f"--{key}").default == JobQuery.model_fields[key].default


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["x"], "--tag: 'x' is not NAME=VALUE"),
        (["=1"], "--tag: '=1' has no name"),
        (["x=1", "x=2"], "--tag: 'x' is given twice"),
    ],
)
def test_invalid_assignments_are_refused(texts, message):
    with pytest.raises(InvalidInputError, match=message):
        assignments(texts, "--tag")


def test_a_variable_is_either_set_or_passed():
    with pytest.raises(InvalidInputError, match="--env: 'A' is given twice"):
        job_spec({**VALUES, "environment_variables": ["A", "A=1"]})


def test_code_and_no_code_exclude_each_other():
    assert code({**VALUES, "code": "src"}) == "src"
    with pytest.raises(InvalidInputError, match="exclude each other"):
        code({**VALUES, "code": "src", "no_code": True})
