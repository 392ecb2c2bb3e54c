# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest

from jupyter_ml.errors import ConflictError, NotFoundError
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.states import JobState
from jupyter_ml.services.imported_runs import ImportedRuns
from jupyter_ml.services.supervisor import SupervisorService
from tests.store.jobs import WHEN, job, metric


@pytest.fixture
def jobs(workspace, monkeypatch):
    """The jobs of a workspace without a supervisor."""
    monkeypatch.setattr(SupervisorService, "ensure", lambda self: None)
    monkeypatch.setattr(ImportedRuns, "current", lambda self: True)
    return workspace.jobs


@pytest.fixture
def add(workspace):
    """Insert a job into the database."""

    def add(name: str, *, metrics: dict[str, float] | None = None, **facts):
        workspace._context.store.jobs.insert(job(name, **facts), host=None)
        workspace._context.store.jobs.set_metrics(name, {key: metric(value) for key, value in (metrics or {}).items()})
        return workspace.jobs.get(name)

    return add


def test_the_properties_of_a_handle_are_current(jobs, add, workspace):
    add("bold_otter")
    handle = jobs.handle("bold_otter")
    assert handle.state is JobState.QUEUED
    assert repr(handle) == "Job bold_otter · ○ Queued · #1 in the queue"
    assert not handle.ended
    assert handle.cancel().job.cancel_requested_at is not None
    workspace._context.store.jobs.transition("bold_otter", JobState.CANCELED)
    assert handle.state is JobState.CANCELED
    assert handle.ended
    assert handle.job == jobs.get("bold_otter")
    with pytest.raises(ConflictError):
        handle.cancel()
    with pytest.raises(ConflictError):
        _ = handle.folder
    assert handle.wait() is handle


def test_a_handle_of_a_name_or_a_record(jobs, add):
    record = add("bold_otter", metrics={"r2": 0.5})
    assert jobs.handle(record).metrics == jobs.handle("bold_otter").metrics == {"r2": 0.5}
    with pytest.raises(NotFoundError):
        jobs.handle("nobody")


def test_a_deleted_job_shows_its_last_state(jobs, add, workspace):
    add("gone")
    handle = jobs.handle("gone")
    workspace._context.store.jobs.delete("gone")
    assert repr(handle) == "Job gone · ○ Queued"
    with pytest.raises(NotFoundError):
        handle.refresh()


def test_a_table_is_a_list_of_handles_that_prints(jobs, add):
    add(
        "bold_otter",
        state="Completed",
        metrics={"r2": 0.51239},
        parameters={"alpha": 0.5},
        started_at=WHEN,
        ended_at=WHEN,
    )
    add("calm_heron", state="Failed")
    table = jobs.table(JobQuery(filter="parameters.alpha = 0.5", sort="metrics.r2"))
    assert [handle.name for handle in table] == ["bold_otter"]
    heading, line = repr(table).splitlines()
    assert heading.split("  ")[0] == "name"
    titles = ["display name", "source", "state", "experiment", "created", "duration", "alpha", "r2", "summary"]
    assert [column.title for column in table.columns] == ["name", *titles]
    assert " ".join(heading.split()) == " ".join(["name", *titles])
    assert "● Completed" in line
    assert " 0.5  0.5124" in line
    assert "train.ipynb" in line


def test_a_table_has_the_names_that_users_gave_and_the_beginning_of_commands(jobs, add):
    add("calm_heron_abc123", display_name="calm_heron")
    command = {"type": "command", "command": f"python train.py \\\n  --rate {'0' * 100}"}
    add("bold_otter_abc123", display_name="Best so far", type="command", spec=command)
    rows = {row[0]: row[1:3] for row in jobs.table().rows()}
    assert rows["calm_heron_abc123"] == ["", "train.ipynb"]
    assert rows["bold_otter_abc123"][0] == "Best so far"
    assert rows["bold_otter_abc123"][1].startswith("python train.py \\ --rate 000")
    assert len(rows["bold_otter_abc123"][1]) == 40


def test_a_table_counts_the_jobs_that_it_does_not_show(jobs, add):
    for number in range(5):
        add(f"job-{number}")
    table = jobs.table(JobQuery(limit=2, offset=1))
    assert len(table) == 2
    assert table.total == 5
    assert repr(table).endswith("\n2 more")
    assert table.active


def test_an_empty_table_names_the_command_to_use(jobs, workspace):
    assert "%ml run" in repr(jobs.table())
    assert repr(workspace.experiments.table()) == "No experiments."


def test_names_for_completion(jobs, add):
    for name in ("bold_otter", "bold_owl", "not_bold"):
        add(name)
    assert set(jobs.names("bold")) == {"bold_otter", "bold_owl"}
    assert len(jobs.names()) == 3
