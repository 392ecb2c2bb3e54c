# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs that read an input, and what they printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.states import JobState

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.workspace import Workspace

__all__ = ["command", "ended", "printed"]

READ = "cat ${{inputs.train}}; echo; echo got=${{inputs.train}}"


def command(train: Any, text: str = READ) -> dict[str, Any]:
    return {"type": "command", "command": text, "inputs": {"train": train}}


def printed(workspace: Workspace, job: Job) -> str:
    return (workspace.folder / "jobs" / job.name / str(job.attempt) / "std_log.txt").read_text()


def ended(workspace: Workspace, job: dict[str, Any], state: JobState = JobState.COMPLETED) -> Job:
    found = workspace.jobs.wait(workspace.jobs.submit(job).name)
    assert found.state is state, (found.cause, printed(workspace, found))
    return found
