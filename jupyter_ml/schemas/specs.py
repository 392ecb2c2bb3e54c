# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a user asks for: the specification of a job."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    JsonValue,
    SecretStr,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticSerializationError, to_json

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.base import Name, Schema
from jupyter_ml.schemas.expressions import find
from jupyter_ml.schemas.parameters import encode
from jupyter_ml.schemas.validation import explain, misplaced

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "JOB_MODELS",
    "CommandJob",
    "DataInput",
    "JobCreate",
    "JobSubmission",
    "Limits",
    "NotebookJob",
    "OutputSpec",
    "Priority",
    "job_adapter",
    "parse_job",
]

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=250)]
Text = Annotated[str, StringConstraints(max_length=5_000)]
Value = Annotated[str, StringConstraints(max_length=100_000)]
"""Of an environment variable; Linux takes 131,072 bytes."""
Location = Annotated[str, StringConstraints(max_length=4_096)]
"""A path; Linux takes 4,096 bytes."""
MAX_PARAMETER_BYTES = 1024**2


class Priority(StrEnum):
    """Who goes first in the queue (Azure ML's ``queue_settings.priority``)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class DataInput(Schema):
    """A file or folder that a job reads."""

    type: Literal["uri_file", "uri_folder"]
    """What it is."""
    path: Location
    """Where it lies on this machine; relative to the YAML file."""
    mode: Literal["ro_mount", "download", "direct"] = "ro_mount"
    """Azure ML's delivery modes; the local compute hands over the path itself for each."""


Input = Annotated[
    Annotated[bool | int | float | Text, Tag("$literal")] | Annotated[DataInput, Tag("$data")],
    Discriminator(lambda value: "$data" if isinstance(value, dict | DataInput) else "$literal"),
]


class OutputSpec(Schema):
    """A file or folder that a job writes; it is kept with the job and attached to its run."""

    type: Literal["uri_file", "uri_folder"] = "uri_folder"
    """What the job writes: one file, or files in a folder, which is made for it."""


# `outputs: {model: }` is Azure's short form
Output = Annotated[
    OutputSpec, BeforeValidator(lambda value: {} if value is None else value, json_schema_input_type=OutputSpec | None)
]


class Limits(Schema):
    """How long things may take, in seconds."""

    timeout: float | None = Field(default=None, gt=0)
    """From the start of the job to its end; waiting in the queue does not count."""
    cell_timeout: float | None = Field(default=None, gt=0)
    """For each cell of a notebook."""


class _JobBase(Schema):
    name: Name | None = None
    """Unique in the workspace; made up when absent."""
    display_name: Label | None = None
    """What to call it; need not be unique. The name when absent."""
    experiment_name: Label | None = None
    """Made on submit when it does not exist; the name of the code's folder when absent."""
    description: Text | None = None
    """What it is for."""
    tags: dict[Key, Text] = Field(default={}, max_length=200)
    """Words to find it by, by name."""
    compute: Label = "local"
    """Where it runs."""
    environment_variables: dict[Identifier, Value] = Field(default={}, max_length=1_000)
    """Put over what the job has of the environment of whoever submits it."""
    pass_environment: list[Identifier] = Field(default=[], max_length=1_000)
    """Names of further variables that it takes from that environment; their values are not kept in clear."""
    inputs: dict[Identifier, Input] = Field(default={}, max_length=1_000)
    """Values, files and folders, for ``${{inputs.NAME}}``."""
    outputs: dict[Identifier, Output] = Field(default={}, max_length=200)
    """Files and folders that it writes, for ``${{outputs.NAME}}``."""
    code: Location | None = None
    """Folder of which a snapshot is taken; the job runs in a copy of it."""
    keep_files: bool | None = None
    """Whether files that it writes beside ``outputs/`` are kept; as the workspace says when absent."""
    limits: Limits = Limits()
    """How long it may take."""
    retries: int = Field(default=0, ge=0, le=100)
    """How often to try again after a failure."""
    priority: Priority = Priority.MEDIUM
    """Who goes first in the queue; of equals, who came first."""
    secrets: list[Identifier] = Field(default=[], max_length=200)
    """Names of secrets. The process finds their values in environment variables of these names."""

    @field_validator("code")
    @classmethod
    def _no_uri(cls, value: str | None) -> str | None:
        if value and "://" in value:
            raise ValueError("only a local folder can be taken as code")
        return value

    def _expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield each text that may have expressions, after the keys that lead to it."""
        yield from ()

    @model_validator(mode="after")
    def _known_references(self) -> Self:
        for place, text in self._expressions():
            try:
                references = list(find(text))
            except InvalidInputError as error:
                raise misplaced(str(error), place) from error
            for source, name in references:
                known = self.inputs if source == "inputs" else self.outputs
                if name not in known:
                    message = f"${{{{{source}.{name}}}}} refers to nothing under {source}{nearest(name, known)}"
                    raise misplaced(message, place)
        return self


class NotebookJob(_JobBase):
    """Run a notebook."""

    type: Literal["notebook"] = "notebook"
    """In a YAML file it may be left out."""
    notebook: Location
    """Path of the .ipynb, inside ``code`` where that is given."""
    parameters: dict[Identifier, JsonValue] = Field(default={}, max_length=1_000)
    """Values for the notebook's parameters cell; see `jupyter_ml.schemas.parameters` for dates, tuples and paths."""
    kernel_name: Label | None = None
    """Instead of the kernel that the notebook names."""

    @field_validator("parameters", mode="before")
    @classmethod
    def _encode(cls, value: Any) -> Any:  # YAML and Python callers give dates, tuples and paths as they are
        if not isinstance(value, dict):
            return value
        try:
            return {key: encode(item) for key, item in value.items()}
        except InvalidInputError as error:
            raise ValueError(str(error)) from error
        except RecursionError as error:
            raise ValueError("lists or mappings are nested too deeply to be a parameter") from error

    @field_validator("parameters")
    @classmethod
    def _not_too_large(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        try:
            size = len(to_json(value, inf_nan_mode="strings"))
        except PydanticSerializationError as error:
            raise ValueError("has half of a surrogate pair, which is not text") from error
        if size > MAX_PARAMETER_BYTES:
            raise ValueError(f"has {size:,} bytes as JSON; it may have {MAX_PARAMETER_BYTES:,}: give data as an input")
        return value

    def _expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        return ((("parameters", key), value) for key, value in self.parameters.items() if isinstance(value, str))


class CommandJob(_JobBase):
    """Run a shell command in a copy of the code."""

    type: Literal["command"] = "command"
    """In a YAML file it may be left out."""
    command: str = Field(min_length=1, max_length=100_000)
    """For ``bash``, which gets the values of expressions in variables: they are words and never code."""

    def _expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        yield ("command",), self.command


JobCreate = Annotated[NotebookJob | CommandJob, Field(discriminator="type")]
job_adapter: TypeAdapter[NotebookJob | CommandJob] = TypeAdapter(JobCreate)
JOB_MODELS: dict[str, type[NotebookJob | CommandJob]] = {"notebook": NotebookJob, "command": CommandJob}
"""By type, for `jupyter_ml.schemas.validation.explain`."""


def parse_job(data: Any) -> NotebookJob | CommandJob:
    """Return the job that `data` describes; InvalidInputError names every key that is wrong."""
    try:
        return job_adapter.validate_python(data)
    except ValidationError as error:
        raise explain(error, JOB_MODELS, data) from error


def _parse_strictly(data: Any) -> Any:
    """Return the job of a request: programs know their types, so that nothing is guessed as it is for people's YAML."""
    if not isinstance(data, dict):
        return data  # which is refused by the name of its own key
    try:
        return job_adapter.validate_json(to_json(data), strict=True)
    except ValidationError as error:
        raise explain(error, JOB_MODELS, data) from error


Secret = Annotated[SecretStr, Field(max_length=100_000)]


class JobSubmission(Schema):
    """A job, with what must not stand in it."""

    job: Annotated[JobCreate, BeforeValidator(_parse_strictly)]
    """Errors name its keys as they stand in it."""
    secrets: dict[Identifier, Secret] = Field(default={}, max_length=200)
    """Values of the secrets that the job names; they are kept encrypted until it has ended."""
    rerun_of: Name | None = None
    """A job whose notebook and code are run once more as they were kept; what ``job`` says of both is not looked at."""
