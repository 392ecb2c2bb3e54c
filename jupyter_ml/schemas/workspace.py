# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``workspace.yml``: what a workspace is called and where it keeps things."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, StringConstraints, field_validator

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.states import JobState

__all__ = [
    "ComputeSettings",
    "FileSettings",
    "SnapshotSettings",
    "SupervisorInfo",
    "SupervisorSettings",
    "WorkspaceInfo",
    "WorkspaceSettings",
]


class SnapshotSettings(Schema):
    """How large a job's code may be."""

    max_bytes: int = Field(default=300 * 1024**2, gt=0)
    """Bytes in all of its files."""
    max_files: int = Field(default=10_000, gt=0)
    """How many files it may have."""


class FileSettings(Schema):
    """What a job writes in its working folder, but not below ``outputs/``."""

    keep: bool = False
    """Whether it is kept, where the job itself does not say."""
    max_bytes: int = Field(default=1024**3, ge=0)
    """How many bytes of it are kept for each attempt."""


class ComputeSettings(Schema):
    """The local compute."""

    max_concurrent: int | None = Field(default=None, ge=1, le=1_000)
    """How many jobs run at the same time; the number of cores when absent."""


class SupervisorSettings(Schema):
    """The supervisor."""

    idle_exit_s: float = Field(default=300, ge=0)
    """Seconds without anything to do after which it ends."""


class WorkspaceSettings(Schema):
    """A workspace's settings."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=256)] = "default"
    """What to call it."""
    description: str | None = Field(default=None, max_length=5_000)
    """What it is for."""
    database: str | None = Field(default=None, max_length=4_096)
    """SQLAlchemy address, as ``postgresql+psycopg://user@host/name``; SQLite in the workspace's folder when absent."""
    artifacts: str | None = Field(default=None, max_length=4_096)
    """Folder or fsspec address for artifacts; ``artifacts/`` in the workspace's folder when absent."""
    local: ComputeSettings = ComputeSettings()
    """The local compute."""
    pass_environment: list[Annotated[str, StringConstraints(min_length=1, max_length=128)]] = Field(
        default=[], max_length=100
    )
    """Names or patterns (``HF_*``) of environment variables that every job takes from whoever submits it."""
    snapshots: SnapshotSettings = SnapshotSettings()
    """Limits for a job's code."""
    files: FileSettings = FileSettings()
    """What becomes of files beside ``outputs/``."""
    supervisor: SupervisorSettings = SupervisorSettings()
    """The program that runs the jobs."""

    @field_validator("database")
    @classmethod
    def _no_password(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.password or {"password", "sslpassword"} & parse_qs(parts.query).keys():
            raise ValueError("a password does not belong into workspace.yml: put it into ~/.pgpass or PGPASSWORD")
        if not parts.scheme.startswith(("postgresql", "sqlite")):
            raise ValueError("only postgresql+psycopg:// and sqlite:// are supported")
        return value


class SupervisorInfo(Schema):
    """The supervisor of a workspace on this host."""

    pid: int
    version: str
    started_at: Time
    service: bool = False
    """Whether it was told never to end for lack of work."""


class WorkspaceInfo(Schema):
    """What to know of a workspace at a glance."""

    name: str
    description: str | None = None
    folder: str
    database: str
    """Its address, or its file."""
    artifacts: str
    """Folder or address of the artifacts."""
    tracking_uri: str
    """For ``mlflow.set_tracking_uri`` in a program that Jupyter ML did not start."""
    jobs: dict[JobState, int]
    """How many are in each state, archived ones aside."""
    supervisor: SupervisorInfo | None = None
    root: str | None = None
    """Folder that the server shows: paths of jobs below it are contents paths."""
