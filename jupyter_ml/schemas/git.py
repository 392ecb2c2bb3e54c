"""The state of a git repository when a job was submitted."""

from __future__ import annotations

from jupyter_ml.schemas.base import Schema

__all__ = ["GitState"]


class GitState(Schema):
    """What was checked out, and what was changed since."""

    commit: str | None = None
    """None in a repository without commits."""
    branch: str | None = None
    """None when none is checked out."""
    remote: str | None = None
    """Address of ``origin``, without credentials."""
    dirty: bool = False
    """Whether tracked files differ from the commit."""
    diff: str | None = None
    """How they differ, as ``git apply`` takes it; None when that is nothing, or too large to keep."""
