# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A benchmark that fails leaves nothing behind."""

from __future__ import annotations

import pytest

from benchmarks.runs import supervised
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from tests.workspaces import processes_of, until


@pytest.mark.integration
def test_jobs_of_a_benchmark_that_fails_are_canceled(workspace):
    names = []

    def fail():
        names.extend(workspace.jobs.submit(CommandJob(command="sleep 1000")).name for _ in range(2))
        until(lambda: workspace.jobs.get(names[0]).state is JobState.RUNNING)
        raise AssertionError("too slow")

    with pytest.raises(AssertionError, match="too slow"), supervised(workspace):
        fail()
    assert {workspace._context.store.jobs.get(name).state for name in names} == {JobState.CANCELED}
    until(lambda: not processes_of(workspace.folder))
