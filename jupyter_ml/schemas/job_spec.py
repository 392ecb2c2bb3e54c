# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the specs of all types of jobs have in common."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.assets import AssetName
from jupyter_ml.schemas.base import Name, Schema
from jupyter_ml.schemas.delivery import OnChange
from jupyter_ml.schemas.environment_source import InlineEnvironment
from jupyter_ml.schemas.expressions import find
from jupyter_ml.schemas.form_fields import ADVANCED
from jupyter_ml.schemas.job_data import InputType
from jupyter_ml.schemas.job_resources import JobResources
from jupyter_ml.schemas.job_services import JobService
from jupyter_ml.schemas.messages import JOB_KEY_HINTS
from jupyter_ml.schemas.reference_fields import (
    ComputeName,
    DataLocation,
    DatastoreLocation,
    EnvironmentName,
    LocalLocation,
)
from jupyter_ml.schemas.references import LocalPath, parse_reference
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["DataInput", "Identifier", "JobSpec", "Key", "Label", "Limits", "OutputSpec", "Priority", "Text"]

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=250)]
Text = Annotated[str, StringConstraints(max_length=5_000)]
Value = Annotated[str, StringConstraints(max_length=100_000)]
"""Of an environment variable; Linux takes 131,072 bytes."""


class Priority(StrEnum):
    """Priority in the queue (Azure ML's ``queue_settings.priority``)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class DataInput(Schema):
    """A file, directory, table or model that a job reads."""

    type: InputType | None = None
    """What it is; by default the type of the asset, else ``uri_folder``."""
    path: DataLocation
    """A version of an asset, a path in a datastore, a URL, or a path on this machine, which is relative to the YAML
    file.
    """
    mode: Literal["ro_mount", "download", "direct"] = "ro_mount"
    """What the job gets for data on another machine: the path of a downloaded copy, or with ``direct`` its URI. Data on
    this machine is not copied.
    """
    on_change: OnChange = "warn"
    """Of a version of an asset: whether the job fails at its start if the data has changed since it was registered."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @property
    def is_local(self) -> bool:
        """Whether the path is one of this machine, rather than a URI."""
        return isinstance(parse_reference(self.path), LocalPath)


def _is_data(value: Any) -> bool:
    """Return whether an input is data: a mapping, or the short form ``azureml:NAME:VERSION``."""
    return isinstance(value, dict | DataInput) or (isinstance(value, str) and value[:8].lower() == "azureml:")


Input = Annotated[
    Annotated[bool | int | float | Text, Tag("$literal")] | Annotated[DataInput, Tag("$data")],
    Discriminator(lambda value: "$data" if _is_data(value) else "$literal"),
]


class OutputSpec(Schema):
    """A file or directory that a job writes; it is stored with the job and attached to its run."""

    type: InputType = "uri_folder"
    """What the job writes: one file, or files in a directory, which is created for it."""
    name: AssetName | None = None
    """Name of a data asset or model, of which a version is created when the job has completed."""
    version: AssetName | None = None
    """The version; by default the next number."""
    path: DatastoreLocation | None = None
    """A path in a datastore, to which it is written when the job has completed."""
    mode: Literal["rw_mount", "upload", "direct"] = "rw_mount"
    """With ``direct`` the job gets the URI of ``path``, and writes it by itself."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.version is not None and self.name is None:
            raise misplaced("needs a name: a version of which asset?", ("version",))
        if self.mode == "direct" and self.path is None:
            raise misplaced("'direct' needs a path in a datastore", ("mode",))
        return self


def _output(value: Any) -> Any:
    """Return an output in full: ``outputs: {model: }`` is Azure's short form, ``{model: uri_file}`` ours."""
    return {} if value is None else {"type": value} if isinstance(value, str) else value


Output = Annotated[OutputSpec, BeforeValidator(_output, json_schema_input_type=OutputSpec | InputType | None)]


JobEnvironment = Annotated[
    Annotated[EnvironmentName, Tag("$name")] | Annotated[InlineEnvironment, Tag("$inline")],
    Discriminator(lambda value: "$name" if isinstance(value, str) else "$inline"),
]


class Limits(Schema):
    """Time limits in seconds."""

    timeout: float | None = Field(default=None, gt=0, title="The whole job")
    """From the start of the job to its end; waiting in the queue does not count."""
    cell_timeout: float | None = Field(default=None, gt=0, title="Each cell")
    """For each cell of a notebook."""


class JobSpec(Schema, ABC):
    """What the specs of all types of jobs have in common.

    Forms show the fields that have a title, and collapse those that are advanced.
    """

    key_hints = JOB_KEY_HINTS
    path_fields: ClassVar[tuple[str, ...]] = ("code",)
    """Fields whose values are paths, besides those of the inputs."""
    similar_by: ClassVar[tuple[str, ...]] = ()
    """Fields that similar jobs share, by which the duration is estimated; none if no jobs are similar."""

    type: str
    name: Name | None = None
    """Unique in the workspace; generated by default."""
    display_name: Label | None = Field(default=None, title="Name")
    """Display name; a readable one is generated by default."""
    experiment_name: Label | None = Field(default=None, title="Experiment")
    """Created if it does not exist; by default the name of the code's directory."""
    description: Text | None = Field(default=None, title="Description", json_schema_extra=ADVANCED)
    """Description of the job."""
    tags: dict[Key, Text] = Field(default={}, max_length=200, title="Tags", json_schema_extra=ADVANCED)
    """Tags by name."""
    compute: ComputeName = Field(default="local", title="Compute")
    """Compute to run on."""
    environment: JobEnvironment | None = Field(default=None, title="Environment", json_schema_extra=ADVANCED)
    """Python and packages: an environment of the workspace, a curated one, ``current``, or its content; by default what
    the client has that submits the job.
    """
    environment_variables: dict[Identifier, Value] = Field(
        default={}, max_length=1_000, title="Environment variables", json_schema_extra=ADVANCED
    )
    """Take precedence over variables that the job inherits from the environment of the user who submits it."""
    pass_environment: list[Identifier] = Field(default=[], max_length=1_000)
    """Names of further variables that it takes from that environment; their values are stored encrypted."""
    inputs: dict[Identifier, Input] = Field(default={}, max_length=1_000, title="Inputs", json_schema_extra=ADVANCED)
    """Values, files and directories, for ``${{inputs.NAME}}``."""
    outputs: dict[Identifier, Output] = Field(default={}, max_length=200, title="Outputs", json_schema_extra=ADVANCED)
    """Files and directories that it writes, for ``${{outputs.NAME}}``."""
    code: LocalLocation | None = Field(default=None, title="Code directory", json_schema_extra=ADVANCED)
    """Folder of which a snapshot is taken; the job runs in a copy of it."""
    keep_files: bool | None = Field(default=None, title="Keep files beside outputs/", json_schema_extra=ADVANCED)
    """Whether files that it writes outside of ``outputs/`` are stored; by default as configured for the workspace."""
    limits: Limits = Field(default=Limits(), title="Time limits in seconds", json_schema_extra=ADVANCED)
    """Time limits of the job."""
    resources: JobResources = Field(default=JobResources(), title="Resources", json_schema_extra=ADVANCED)
    """What the job needs of its compute."""
    retries: int = Field(default=0, ge=0, le=100, title="Retries", json_schema_extra=ADVANCED)
    """Number of retries after a failure."""
    priority: Priority = Field(default=Priority.MEDIUM, title="Priority", json_schema_extra=ADVANCED)
    """Priority in the queue: it starts before jobs of the next lower one that were submitted up to a day earlier."""
    services: dict[Name, JobService] = Field(default={}, max_length=20)
    """Web applications that run beside the job and are opened from JupyterLab: JupyterLab, TensorBoard, or a port."""
    secrets: list[Identifier] = Field(default=[], max_length=200, title="Secrets", json_schema_extra=ADVANCED)
    """Names of secrets. Their values are set as environment variables of these names for the job's process."""

    @property
    def similarity(self) -> str | None:
        """The same text for all similar jobs; None if no jobs are similar."""
        if not self.similar_by:
            return None
        shared = json.dumps([self.type, *(getattr(self, field) for field in self.similar_by)])
        return hashlib.sha256(shared.encode()).hexdigest()[:32]

    @property
    @abstractmethod
    def program(self) -> str:
        """What runs, e.g. the path of a notebook or a command."""

    @property
    def source(self) -> str:
        """What runs, in a few words."""
        return self.program

    @property
    def directory(self) -> str | None:
        """Directory that the job belongs to; None if that is the working directory of the client."""
        return self.code

    def notebook_in_code(self) -> str | None:
        """Return the path of the job's notebook in the copy of its code; None if it has no notebook."""
        return None

    def with_paths(self, resolve: Callable[[str, str], str]) -> Self:
        """Return the spec with ``resolve(path, field)`` for each of its local paths."""
        paths = {field: getattr(self, field) for field in self.path_fields}
        inputs = {
            name: value.model_copy(update={"path": resolve(value.path, f"inputs.{name}.path")})
            if isinstance(value, DataInput) and value.is_local
            else value
            for name, value in self.inputs.items()
        }
        resolved = {field: resolve(path, field) for field, path in paths.items() if path is not None}
        environment = self.environment
        if isinstance(environment, InlineEnvironment) and environment.definition is None:  # else its files were read
            environment = environment.with_paths(lambda path, field: resolve(path, f"environment.{field}"))
        return self.model_copy(update={**resolved, "inputs": inputs, "environment": environment})

    def expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield each text that may have expressions, after the keys that lead to it."""
        yield from ()

    @model_validator(mode="after")
    def _known_references(self) -> Self:
        for place, text in self.expressions():
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
