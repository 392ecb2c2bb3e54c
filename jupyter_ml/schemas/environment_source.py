# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What an environment consists of, as users write it: in a file of its own, or in the spec of a job."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, JsonValue, StringConstraints, Tag, model_validator

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.environment_definition import Definition
from jupyter_ml.schemas.reference_fields import LocalLocation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

__all__ = ["Build", "EnvironmentSource", "InlineEnvironment"]

_PATHS = ("conda_file", "script", "pyproject")
_SOURCES = ("conda_file", "requirements", "script", "pyproject")
"""Keys of which one defines the packages."""
_MAX = 5_000


def _utc(text: str) -> str:
    """Return a time in UTC; a date includes that day."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return _written(datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), UTC))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError("must be a date or a time, as 2026-01-31 or 2026-01-31T12:00:00Z") from None
    return _written(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _branch(value: Any) -> str:
    return "$path" if isinstance(value, str) else "$content"


Line = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Lines = Annotated[list[Line], Field(max_length=_MAX)]
CondaFile = Annotated[
    Annotated[LocalLocation, Tag("$path")] | Annotated[dict[str, JsonValue], Tag("$content")], Discriminator(_branch)
]
Requirements = Annotated[
    Annotated[LocalLocation, Tag("$path")] | Annotated[Lines, Tag("$content")], Discriminator(_branch)
]
Date = Annotated[str, StringConstraints(max_length=64), AfterValidator(_utc)]
Variables = Annotated[
    dict[
        Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")],
        Annotated[str, StringConstraints(max_length=100_000)],
    ],
    Field(max_length=1_000),
]


class Build(Schema):
    """A directory from which a Docker image is built."""

    path: LocalLocation
    """The directory."""
    dockerfile_path: Annotated[str, StringConstraints(max_length=4_096)] = "Dockerfile"
    """Relative to the directory."""


class EnvironmentSource(Schema):
    """What an environment consists of. One of the first four keys defines its packages."""

    conda_file: CondaFile | None = None
    """A conda file, or its content. The packages are installed from a Python package index."""
    requirements: Requirements | None = None
    """A file of requirements, or a list of them."""
    script: LocalLocation | None = None
    """A script or notebook with a block ``# /// script`` (PEP 723)."""
    pyproject: LocalLocation | None = None
    """A ``pyproject.toml``. The ``uv.lock`` beside it decides on the versions."""
    python: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    """Version of Python, or a range; by default that of the file, else that of Jupyter ML."""
    exclude_newer: Date | None = None
    """A date, or a time. Packages that were uploaded later are ignored, which makes a list without versions
    reproducible.
    """
    variables: Variables = {}
    """Environment variables of its jobs."""
    image: Annotated[str, StringConstraints(min_length=1, max_length=1_000)] | None = None
    """A Docker image, for computes with Docker."""
    build: Build | None = None
    """A directory with a Dockerfile, for computes with Docker."""
    inference_config: dict[str, JsonValue] | None = None
    """Routes of the image, for endpoints."""
    os_type: Literal["linux", "Linux"] | None = None
    """Operating system of the image."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        given = [name for name in _SOURCES if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} both define the packages: give one of them")
        if self.image is not None and self.build is not None:
            raise ValueError("image and build are two images: give one of them")
        if not given and self.image is None and self.build is None:
            raise ValueError(f"nothing defines the packages: give {', '.join(_SOURCES[:-1])} or pyproject")
        return self

    @property
    def has_packages(self) -> bool:
        """Whether it defines packages; else it has an image only."""
        return any(getattr(self, name) is not None for name in _SOURCES)

    def with_paths(self, resolve: Callable[[str, str], str]) -> Self:
        """Return the spec with ``resolve(path, field)`` for each of its paths."""
        given = {name: getattr(self, name) for name in (*_PATHS, "requirements")}
        paths = {name: resolve(value, name) for name, value in given.items() if isinstance(value, str)}
        build = self.build and self.build.model_copy(update={"path": resolve(self.build.path, "build.path")})
        return self.model_copy(update={**paths, "build": build})

    def below(self, directory: Path) -> Self:
        """Return the spec with its paths relative to `directory`."""
        return self.with_paths(lambda path, _field: path if path.startswith("~") else str(directory / path))


class InlineEnvironment(EnvironmentSource):
    """An environment in the spec of a job."""

    name: Annotated[str, StringConstraints(max_length=255)] | None = None
    """A name for messages: only the job has the environment."""
    version: Annotated[str, StringConstraints(max_length=255)] | None = None
    """Ignored."""
    description: Annotated[str, StringConstraints(max_length=5_000)] | None = None
    """Ignored."""
    definition: Definition | None = None
    """Set when the job is submitted: what its files mean."""

    def editable(self) -> Self:
        """Return the environment with its packages instead of the files that list them, and of their meaning."""
        if (found := self.definition) is None:
            return self
        packages = {"requirements": [*found.options, *found.requirements], "python": found.python}
        without = dict.fromkeys((*_PATHS, "definition"))
        return self.model_copy(update={**without, **packages, "exclude_newer": found.exclude_newer})
