# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from jupyter_ml.magics.story import Story
from jupyter_ml.magics.views import JobView
from tests.store.jobs import job


@pytest.fixture
def canceled():
    return []


def view(canceled, *, seconds):
    started = datetime.now(UTC) - timedelta(seconds=seconds)
    story = Story(job("a", state="Running", started_at=started))
    made = JobView(SimpleNamespace(name="a", cancel=lambda: canceled.append("a")), story)
    made.widget()
    return made._sure, made._button


def test_what_has_begun_just_now_is_canceled_by_one_click(canceled):
    sure, button = view(canceled, seconds=5)
    assert (button.description, sure.layout.display) == ("Cancel", "none")
    button.click()
    assert canceled == ["a"]


def test_what_has_run_for_long_is_canceled_after_asking(canceled):
    sure, button = view(canceled, seconds=2 * 86_400)
    button.click()
    assert canceled == []
    assert (sure.description, sure.layout.display) == ("Cancel after 2 d 0 h", "")
    assert (button.description, button.icon) == ("Keep running", "")
    button.click()  # as a double click does
    assert canceled == []
    assert (button.description, button.icon, sure.layout.display) == ("Cancel", "stop", "none")
    button.click()
    sure.click()
    assert canceled == ["a"]
    assert sure.layout.display == "none"
