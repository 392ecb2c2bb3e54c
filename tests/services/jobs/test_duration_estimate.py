# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The estimate of a job's duration is the duration of the latest similar job."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import NotFoundError
from jupyter_ml.schemas.duration_estimate import DurationEstimate
from jupyter_ml.schemas.launch import AttemptFolder
from tests.workspaces import write_notebook


@pytest.fixture(scope="module")
def run(shared):
    """Run a notebook until it has ended."""

    def submit(path, **settings):
        job = shared.jobs.submit({"type": "notebook", "notebook": str(path), **settings})
        return shared.jobs.wait(job.name)

    return submit


def test_the_last_completed_job_with_the_same_notebook_counts(shared, run, tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", "import time\ntime.sleep(x)", "1", parameters="x = 0.3")
    other = write_notebook(tmp_path / "aa.ipynb", "1")
    first = run(path, parameters={"x": 0.2}, experiment_name="one")
    assert shared.jobs.duration_estimate(first.name) == DurationEstimate()
    second = run(path, experiment_name="two")
    run(path, parameters={"x": -1}, experiment_name="one")  # it fails
    run(other, experiment_name="one")

    learned = shared.jobs.duration_estimate(second.name)
    assert learned.job == first.name, "of another experiment rather than of none"
    assert learned.duration_s == first.duration_s
    assert learned.cells.keys() == {-1, 0, 1, 2}
    assert 0.2 <= learned.cells[1] < first.duration_s
    third = run(path, experiment_name="one")
    assert shared.jobs.duration_estimate(third.name).job == first.name, "of the same experiment rather than a later one"
    assert shared.jobs.duration_estimate(first.name).job == third.name

    shared.jobs.delete(third.name)
    assert shared.jobs.duration_estimate(first.name).job == second.name


def test_only_the_ends_of_cells_are_parsed(shared, run, tmp_path, monkeypatch):
    path = write_notebook(tmp_path / "a.ipynb", "1")
    first, second = run(path), run(path)
    with AttemptFolder(shared._context.layout.attempt(first.name, 1)).event_log.open("a") as event_log:
        event_log.write('{"type":"output","this is no event and would be complained of":1}\n')
    monkeypatch.setattr("jupyter_ml.eventlog.reader._log.warning", lambda *_: pytest.fail("it was parsed"))
    assert shared.jobs.duration_estimate(second.name).cells.keys() == {0}


def test_the_estimate_of_a_command_has_no_cells_and_unknown_jobs_have_none(shared):
    spec = {"type": "command", "command": "echo estimated"}
    job = shared.jobs.submit(spec)
    assert shared.jobs.duration_estimate(job.name) == DurationEstimate()
    done = shared.jobs.wait(job.name)
    again = shared.jobs.submit(spec)
    expected = DurationEstimate(job=job.name, duration_s=done.duration_s)
    assert shared.jobs.duration_estimate(again.name) == expected
    shared.jobs.wait(again.name)
    with pytest.raises(NotFoundError, match="nobody"):
        shared.jobs.duration_estimate("nobody")


def test_what_is_left():
    expected = DurationEstimate(cells={0: 10, 1: 20, 2: 0.5})
    assert expected.left_s([0, 1, 2, 3]) == 30.5
    assert expected.left_s([1], 0, 4) == 26
    assert expected.left_s([1], 0, 50) == 20
    assert expected.left_s([], 7, 4) is None
    assert expected.left_s([2]) is None, "less than a second is no news"
