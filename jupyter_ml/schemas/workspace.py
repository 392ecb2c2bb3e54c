# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``workspace.yml``: the settings of a workspace; and the state of a workspace."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, JsonValue, StringConstraints, field_validator

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.reference_fields import ComputeName, StorageLocation
from jupyter_ml.schemas.states import JobState

__all__ = [
    "ComputeSettings",
    "FileSettings",
    "RecentWorkspace",
    "RetentionSettings",
    "ServerRecord",
    "SnapshotSettings",
    "SupervisorInfo",
    "SupervisorSettings",
    "VaultSettings",
    "WorkspaceInfo",
    "WorkspaceOpen",
    "WorkspaceOpened",
    "WorkspaceSettings",
]


class SnapshotSettings(Schema):
    """Limits for a job's code."""

    max_bytes: int = Field(default=300 * 1024**2, gt=0)
    """Total size of its files in bytes."""
    max_files: int = Field(default=10_000, gt=0)
    """Maximum number of files."""


class FileSettings(Schema):
    """What a job writes in its working directory, but not in ``outputs/``."""

    keep: bool = False
    """Whether it is kept, where the job does not specify it."""
    max_bytes: int = Field(default=1024**3, ge=0)
    """How many bytes of it are stored for each attempt."""


class ComputeSettings(Schema):
    """The local compute."""

    max_concurrent: int | None = Field(default=None, ge=1, le=1_000)
    """How many jobs run at the same time; by default the number of cores."""
    fork: bool = True
    """Whether jobs and kernels are forked from processes that have imported what they need; on Linux."""
    wait_for_memory: bool = True
    """Whether jobs wait until there is as much memory as jobs like them have used; also in instances with a limit."""
    price_per_hour: float | None = Field(default=None, ge=0, le=1_000_000)
    """What an hour of a job costs, in any currency; tables of runs show the cost of each."""


class RetentionSettings(Schema):
    """How long jobs that have ended are kept; starred jobs are kept forever."""

    archive_after_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days after the submission of a job at which it is archived; by default jobs are not archived."""
    delete_after_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days after the submission of an archived job at which it is deleted; by default jobs are not deleted."""


class SupervisorSettings(Schema):
    """The supervisor."""

    idle_exit_s: float = Field(default=300, ge=0)
    """Seconds without work after which it exits."""


class DataCacheSettings(Schema):
    """The copies of data of other machines."""

    max_bytes: int = Field(default=50 * 1024**3, ge=1)
    """Size of all copies. Those that were used least recently are removed for new ones."""


class VaultSettings(Schema):
    """The vault, which has the credentials of datastores and the secrets of the workspace."""

    kind: str = Field(default="embedded", min_length=1, max_length=100)
    """``embedded``, or a kind that an installed package adds."""
    key: Literal["file", "environment", "keyring"] = "file"
    """Where the key of the embedded vault is: ``vault/keys``, ``JUPYTER_ML_VAULT_KEY`` or the user's keyring."""
    settings: dict[str, JsonValue] = Field(default={}, max_length=100)
    """Settings of a vault of another kind; no secrets."""


class EnvironmentSettings(Schema):
    """How environments are installed."""

    python: Literal["exact", "nearest"] = "exact"
    """Whether the next version of Python is used for an environment whose version is not installed; its jobs warn."""


class WorkspaceSettings(Schema):
    """A workspace's settings."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=256)] = "default"
    """Display name."""
    description: str | None = Field(default=None, max_length=5_000)
    """Description of the workspace."""
    database: str | None = Field(default=None, max_length=4_096)
    """SQLAlchemy address, e.g. ``postgresql+psycopg://user@host/name``; by default SQLite in its directory."""
    artifacts: StorageLocation | None = None
    """Folder or fsspec address for artifacts; by default ``artifacts/`` in its directory."""
    local: ComputeSettings = ComputeSettings()
    """The local compute."""
    default_compute: ComputeName = "local"
    """Compute of jobs that do not name one."""
    pass_environment: list[Annotated[str, StringConstraints(min_length=1, max_length=128)]] = Field(
        default=[], max_length=100
    )
    """Names or patterns (``HF_*``) of environment variables that every job inherits from the user who submits it."""
    snapshots: SnapshotSettings = SnapshotSettings()
    """Limits for a job's code."""
    files: FileSettings = FileSettings()
    """Whether files outside of ``outputs/`` are stored."""
    retention: RetentionSettings = RetentionSettings()
    """How long jobs that have ended are kept."""
    environments: EnvironmentSettings = EnvironmentSettings()
    """How environments are installed."""
    data_cache: DataCacheSettings = DataCacheSettings()
    """The copies of data of other machines that jobs have read."""
    vault: VaultSettings = VaultSettings()
    """Where secrets are stored."""
    supervisor: SupervisorSettings = SupervisorSettings()
    """The background process that runs the jobs."""

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
    """Whether it keeps running without work."""
    database_revision: str | None = None
    """Revision of the tables that it works with; None for a version that does not report it."""


class WorkspaceInfo(Schema):
    """Summary of a workspace."""

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
    """Number of jobs in each state, without archived ones."""
    supervisor: SupervisorInfo | None = None
    root: str | None = None
    """Folder that the server shows: paths of jobs below it are contents paths."""


class RecentWorkspace(Schema):
    """A workspace that the user has opened in Jupyter."""

    name: str
    folder: str
    """Its directory."""


class WorkspaceOpen(Schema):
    """Which workspace a server shows from now on."""

    folder: str = Field(min_length=1, max_length=4_096)
    """Its directory, or the directory that contains its ``.jupyter-ml``; an absolute path or a contents path."""
    create: bool = False
    """Whether it is created if there is none."""


class WorkspaceOpened(Schema):
    """The server shows another workspace: everything that a client has loaded belongs to the previous one."""

    name: str
    """Name of the workspace."""
    folder: str
    """Its directory."""


class ServerRecord(Schema):
    """A running Jupyter server, and the workspace that it shows."""

    pid: int
    started: float
    """When its process started, as the operating system reports it: a process ID is used again."""
    url: str
    """Its URL, with a slash at the end; on JupyterHub perhaps only the path."""
    root: str
    """Root directory of its contents."""
    name: str
    """Name of the workspace."""
    folder: str
    """Directory of the workspace."""
