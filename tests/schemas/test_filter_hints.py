# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Words of a filter that other languages read as operators or patterns are explained."""

from __future__ import annotations

import pytest

from jupyter_ml.schemas.filter_hints import filter_hint
from jupyter_ml.schemas.job_kind import JOB
from jupyter_ml.schemas.queries import JobQuery


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a or b", "'or' is searched as text"),
        ("train && test", "'&&' is searched as text"),
        ("not is:failed", "-is:failed is not"),
        ("train*", "'*' is searched as a character: leave it out"),
        ("-tr?in alpha=1", "'?' is searched as a character"),
        ("'a or b' \"*penalty*\"", None),
        ('"or" name:*x alpha=* forest', None),
        ("", None),
    ],
)
def test_words_that_mean_something_elsewhere_are_explained(text, hint):
    found = filter_hint(text)
    assert found is None if hint is None else hint in found


def test_an_empty_list_explains_them():
    assert JOB.empty(JobQuery(filter="train*")).startswith("No jobs match the filter: '*' is searched as a character")
    assert JOB.empty(JobQuery(filter="train")) == "No jobs match the filter."
