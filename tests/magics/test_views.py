# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from jupyter_ml.magics.view_state import JobViewState
from jupyter_ml.magics.views import JobView
from tests.store.jobs import job


@pytest.fixture
def canceled():
    return []


def view(canceled, *, seconds):
    started = datetime.now(UTC) - timedelta(seconds=seconds)
    view_state = JobViewState(job("a", state="Running", started_at=started))
    created = JobView(SimpleNamespace(name="a", cancel=lambda: canceled.append("a")), view_state)
    created.widget()
    return created._confirm, created._button


def test_a_job_that_has_just_started_is_canceled_by_one_click(canceled):
    confirm, button = view(canceled, seconds=5)
    assert (button.description, confirm.layout.display) == ("Cancel", "none")
    button.click()
    assert canceled == ["a"]


def test_canceling_a_job_that_has_run_for_long_is_confirmed(canceled):
    confirm, button = view(canceled, seconds=2 * 86_400)
    button.click()
    assert canceled == []
    assert (confirm.description, confirm.layout.display) == ("Cancel after 2 d 0 h", "")
    assert (button.description, button.icon) == ("Keep running", "")
    button.click()  # as a double click does
    assert canceled == []
    assert (button.description, button.icon, confirm.layout.display) == ("Cancel", "stop", "none")
    button.click()
    confirm.click()
    assert canceled == ["a"]
    assert confirm.layout.display == "none"
