# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The state of a git repository when a job was submitted."""

from __future__ import annotations

from pydantic import ConfigDict

from jupyter_ml.schemas.base import Schema

__all__ = ["GitState"]


class GitState(Schema):
    """The commit that was checked out, and what was changed since."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    commit: str | None = None
    """None in a repository without commits."""
    branch: str | None = None
    """None when none is checked out."""
    remote: str | None = None
    """Address of ``origin``, without credentials."""
    dirty: bool = False
    """Whether tracked files differ from the commit."""
    diff: bytes | None = None
    """How they differ, as ``git apply`` takes it, in the files' own encodings; None for nothing, and for too much."""
