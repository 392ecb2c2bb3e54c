# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Changes of a job: of what describes it, and of its priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, StrictBool, field_validator

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.job_spec import Key, Label, Priority, Text
from jupyter_ml.schemas.tags import MAX_TAGS, merged_tags
from jupyter_ml.schemas.text import Description, DisplayName, TagKey

if TYPE_CHECKING:
    from jupyter_ml.schemas.jobs import Job

__all__ = ["JobUpdate", "RunChanges"]


class RunChanges(Schema):
    """What has been changed of a job and is stored in its MLflow run too."""

    display_name: Label | None = None
    """MLflow's run name."""
    description: Text | None = None
    """Markdown; MLflow's note. Null removes it."""
    tags: dict[Key, Text | None] = Field(default={}, max_length=MAX_TAGS)
    """Tags to set; null removes one, and others are unchanged."""

    @field_validator("display_name")
    @classmethod
    def _named(cls, value: str | None) -> str | None:
        if value is None:
            raise ValueError("every job has a display name: give another one")
        return value

    def then(self, later: RunChanges) -> RunChanges:
        """Return these changes followed by others."""
        both = {**self.model_dump(exclude_unset=True), **later.model_dump(exclude_unset=True)}
        return RunChanges(**both | {"tags": {**self.tags, **later.tags}})

    def applied_to(self, job: Job) -> Job:
        """Return a job with these changes."""
        given = self.model_dump(exclude_unset=True, exclude={"tags"})
        return job.model_copy(update={**given, "tags": merged_tags(job.tags, self.tags)})


class JobUpdate(RunChanges):
    """What to change of a job."""

    display_name: DisplayName | None = None
    """MLflow's run name."""
    description: Description | None = None
    """Markdown; MLflow's note. Null removes it."""
    tags: dict[TagKey, Description | None] = Field(default={}, max_length=MAX_TAGS)
    """Tags to set; null removes one, and others are unchanged."""
    starred: StrictBool = False
    """Whether the job is marked, e.g. as one of the best."""
    priority: Priority = Priority.MEDIUM
    """Priority in the queue, of a job that waits in it."""

    def run_changes(self) -> RunChanges:
        """Return what of the changes concerns the job's MLflow run."""
        return RunChanges(**self.model_dump(exclude_unset=True, exclude={"starred", "priority"}))
