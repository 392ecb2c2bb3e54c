# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments: the Python and the packages with which jobs run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from jupyter_ml.schemas import names
from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.comparison import Difference
from jupyter_ml.schemas.environment_definition import Definition
from jupyter_ml.schemas.environment_source import Build, EnvironmentSource
from jupyter_ml.schemas.kinds import Column, Kind

__all__ = [
    "BUILD_CHANGED",
    "ENVIRONMENT",
    "Environment",
    "EnvironmentBuild",
    "EnvironmentCapture",
    "EnvironmentComparison",
    "EnvironmentCreate",
    "PrunedEnvironments",
]


BUILD_CHANGED = "build_changed"
"""Type of the event of a version that is installed, could not be installed, or is removed."""


class EnvironmentCreate(AssetCreate, EnvironmentSource):
    """A version of an environment to create."""


class EnvironmentBuild(Schema):
    """An environment on this machine: whether it is installed, and what is in it."""

    identity: str
    """Name of its directory: a hash of the definition."""
    state: Literal["not_built", "building", "built", "failed"]
    message: str | None = None
    """Why it could not be built, what differs from the definition, or the current step of the build."""
    path: str | None = None
    """Its directory."""
    python: str | None = None
    """Version of Python that is installed in it."""
    bytes: int | None = None
    """Size of its files, some of which it shares with uv's cache."""
    built_at: Time | None = None
    build_s: float | None = None
    """Duration of the build in seconds."""
    packages: list[str] = []
    """Packages with their versions, from the lock."""
    lock: str | None = None
    """The lock: each package with its version and hashes."""


class EnvironmentCapture(Schema):
    """Which packages to capture."""

    kernel: str = Field(max_length=100)
    """ID of a kernel of the server, which runs on this machine."""
    description: str | None = Field(default=None, max_length=5_000)
    """Description of the version."""


class PrunedEnvironments(Schema):
    """Installations that were removed."""

    removed: list[str]
    """Their identities."""
    bytes: int
    """Size of their files."""


class Environment(VersionedAsset):
    """A version of an environment."""

    conda_file: dict[str, JsonValue] | None = None
    """Content of the conda file."""
    requirements: list[str] | None = None
    """Requirements as they were given."""
    script: str | None = None
    """Path of the script or notebook that it was created from."""
    pyproject: str | None = None
    """Path of the project that it was created from."""
    python: str | None = None
    exclude_newer: str | None = None
    variables: dict[str, str] = {}
    image: str | None = None
    build: Build | None = None
    inference_config: dict[str, JsonValue] | None = None
    os_type: str | None = None
    definition: Definition | None = None
    """What is installed; None if it has only an image."""
    identity: str | None = None
    """Hash of the definition: environments with the same one share an installation."""
    state: Literal["not_built", "building", "built", "failed"] | None = None
    """Whether it is installed on this machine; None if it has only an image."""


class EnvironmentComparison(Schema):
    """Two versions beside each other; rows that are equal are included."""

    first: Environment
    second: Environment
    resolved: bool
    """Whether the packages are those of both locks; else at least one version was never built, and these are the
    requirements of both.
    """
    packages: list[Difference]
    """Versions of packages, with that of Python."""


def _packages(item: Environment) -> str:
    return "" if item.definition is None else f"{len(item.definition.requirements):,}"


ENVIRONMENT: Kind[Environment, AssetQuery] = Kind(
    name=names.ENVIRONMENT,
    model=Environment,
    query=AssetQuery,
    spec=EnvironmentCreate,
    changes=AssetUpdate,
    columns=(
        Column("name", lambda item: item.name),
        Column("version", lambda item: item.version),
        Column("python", lambda item: item.definition.python if item.definition else ""),
        Column("requirements", _packages, "right"),
        Column("state", lambda item: (item.state or "image").replace("_", " ")),
        Column("created by", lambda item: item.created_by),
        Column("description", lambda item: item.description or ""),
    ),
    extra_event_types=(BUILD_CHANGED,),
)
