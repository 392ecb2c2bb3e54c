# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job whose names or texts cannot be shown is refused; those of earlier versions are still used."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.specs import CommandJob
from tests.store.jobs import job as queued


@pytest.fixture
def quiet(workspace, monkeypatch):
    """A workspace in which nothing is started, so that jobs remain queued."""
    monkeypatch.setattr(type(workspace.supervisor), "ensure", lambda _: None)
    return workspace


@pytest.mark.integration  # the state of a git repository is read
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("experiment_name", "..", "experiment_name: '..' has nothing besides '.' and '/': choose another name"),
        ("experiment_name", "a\nb", r"experiment_name: 'a\nb' has a line break: remove it"),
        ("display_name", " a", "display_name: ' a' begins or ends with a space: remove it"),
        ("description", "a\0", r"description: 'a\x00' has a control character U+0000: remove it"),
        ("tags", {"a\tb": "x"}, r"tags.a\tb: 'a\tb' has a control character U+0009: remove it"),
    ],
)
def test_a_name_that_cannot_be_shown(quiet, field, value, message):
    with pytest.raises(InvalidInputError) as caught:
        quiet.jobs.submit(CommandJob(command="true", **{field: value}))
    assert message in str(caught.value).replace("a\tb:", r"a\tb:")
    assert quiet.jobs.list(JobQuery(archived=None), wait=False).total == 0


@pytest.mark.integration
def test_an_experiment_of_an_earlier_version_is_still_used(quiet):
    quiet._context.store.jobs.insert(queued("old", experiment_name="a\nb"), host=None)
    assert quiet.jobs.submit(CommandJob(command="true", experiment_name="a\nb")).experiment_name == "a\nb"


@pytest.mark.integration
def test_the_experiment_of_a_directory_with_a_line_break_has_a_name_of_one_line(quiet, tmp_path):
    code = tmp_path / " new\nline "
    code.mkdir()
    assert quiet.jobs.submit(CommandJob(command="true", code=str(code))).experiment_name == "new line"
