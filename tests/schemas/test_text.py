# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Names and texts that a list, a log or a terminal cannot show are refused, with the character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.datastores import DatastoreUpdate
from jupyter_ml.schemas.experiments import ExperimentCreate, ExperimentUpdate
from jupyter_ml.schemas.job_changes import JobUpdate, RunChanges
from jupyter_ml.schemas.text import cleaned, require_line

REFUSED = {
    "a\nb": "has a line break: remove it",
    "a\u2028b": "has a line break",
    "a\0b": r"'a\x00b' has a control character U+0000: remove it",
    "a\x1b[31m": "control character U+001B",
    "a\u202egpj": "control character U+202E",
    " a": "begins or ends with a space: remove it",
    "a\u00a0": "begins or ends with a space",
}


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize(
    "create",
    [
        lambda text: ExperimentCreate(name=text),
        lambda text: JobUpdate(display_name=text),
        lambda text: JobUpdate(tags={text: "x"}),
    ],
)
def test_a_name_that_cannot_be_shown_is_refused(create, text):
    with pytest.raises(ValidationError) as caught:
        create(text)
    assert REFUSED[text] in str(caught.value)


@pytest.mark.parametrize("text", ["/", "..", ".", "//", "./..", "\\", ""])
def test_an_experiment_is_not_named_by_a_path_alone(text):
    with pytest.raises(ValidationError):
        ExperimentCreate(name=text)


@pytest.mark.parametrize(
    "text", ["diabetes", "/Users/ann/trees", "a/../b", "Bäume 🌳 👩\u200d🔬", "x: 1 & <b>", "-", "e" * 256]
)
def test_an_experiment_may_have_any_name_that_can_be_shown(text):
    assert ExperimentCreate(name=text).name == text


@pytest.mark.parametrize("update", [ExperimentUpdate, DatastoreUpdate, JobUpdate])
def test_a_description_has_lines_and_no_other_control_character(update):
    assert update(description="# Title\n\n\ttext\r\n").description == "# Title\n\n\ttext\r\n"
    with pytest.raises(ValidationError, match=r"control character U\+0007"):
        update(description="a\ab")


def test_what_an_earlier_version_stored_is_read():
    assert RunChanges.model_validate({"display_name": "a\nb", "tags": {" x": "\0"}}).display_name == "a\nb"


@given(st.text())
def test_a_cleaned_text_is_a_name_or_empty(text):
    assert cleaned(text) == "" or require_line(cleaned(text))
    try:
        require_line(text)
    except InvalidInputError:
        return
    assert cleaned(text) == text
