# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The specs of all types of jobs, and their submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, JsonValue, SecretStr, TypeAdapter, ValidationError
from pydantic_core import core_schema, to_json

from jupyter_ml.schemas.base import Name, Schema
from jupyter_ml.schemas.command_job import CommandJob
from jupyter_ml.schemas.job_spec import DataInput, Identifier, JobSpec, Limits, OutputSpec, Priority
from jupyter_ml.schemas.notebook_job import NotebookJob
from jupyter_ml.schemas.validation import explain, misplaced

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

__all__ = [
    "JOB_SPECS",
    "CommandJob",
    "DataInput",
    "JobCreate",
    "JobRerun",
    "JobSpec",
    "JobSubmission",
    "Limits",
    "NotebookJob",
    "OutputSpec",
    "Priority",
    "job_adapter",
    "parse_job",
    "spec_model",
]

JOB_SPECS: dict[str, type[JobSpec]] = {"notebook": NotebookJob, "command": CommandJob}
"""Model of the spec of each type of jobs."""


def spec_model(data: Any) -> type[JobSpec] | None:
    """Return the model of the spec in `data`, by its type; None if there is no such type."""
    name = data.get("type") if isinstance(data, dict) else None
    return JOB_SPECS.get(name) if isinstance(name, str) else None


def _parse(value: Any) -> JobSpec:
    if isinstance(value, JobSpec):
        return value
    model = spec_model(value)
    if model is not None:
        return model.model_validate(value)
    if not isinstance(value, dict):
        return NotebookJob.model_validate(value)  # which refuses it, as any model does
    known = ", ".join(map(repr, JOB_SPECS))
    name = value.get("type")
    message = "this key is required" if name is None else f"{str(name)!r} jobs are not supported; there are {known}"
    raise misplaced(message, ("type",))


class _ByType:
    """Makes pydantic validate the spec of a job by the model of its type."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(_parse)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        models = {name: handler(model.__pydantic_core_schema__) for name, model in JOB_SPECS.items()}
        mapping = {name: model["$ref"] for name, model in models.items()}
        return {"oneOf": [*models.values()], "discriminator": {"propertyName": "type", "mapping": mapping}}


JobCreate = Annotated[JobSpec, _ByType()]
job_adapter: TypeAdapter[JobSpec] = TypeAdapter(JobCreate)


def parse_job(data: Any) -> JobSpec:
    """Return the job that `data` describes; InvalidInputError names every invalid key."""
    try:
        return job_adapter.validate_python(data)
    except ValidationError as error:
        raise explain(error, spec_model(data), data) from error


def _parse_strictly(data: Any) -> Any:
    """Return the job of a request: programs know their types, so that types are not guessed as in YAML files."""
    if not isinstance(data, dict):
        return data  # which is refused by the name of its own key
    model = spec_model(data)
    if model is None:
        return parse_job(data)
    try:
        return model.model_validate_json(to_json(data), strict=True)
    except ValidationError as error:
        raise explain(error, model, data) from error


Secret = Annotated[SecretStr, Field(max_length=100_000)]


class JobRerun(Schema):
    """How to run a job again."""

    snapshot: bool = False
    """Whether to run the code as it was submitted, instead of the files as they are now."""
    parameters: dict[Identifier, JsonValue] = Field(default={}, max_length=1_000)
    """Values that replace those of the job's parameters: of a notebook, or the literal inputs of a command."""
    secrets: dict[Identifier, Secret] = Field(default={}, max_length=200)
    """Values of the secrets that the job names, by default those of the server's environment."""


class JobSubmission(Schema):
    """A job to submit, with its secrets."""

    job: Annotated[JobCreate, BeforeValidator(_parse_strictly)]
    """Errors name its keys relative to it."""
    secrets: dict[Identifier, Secret] = Field(default={}, max_length=200)
    """Values of the secrets that the job names; they are stored encrypted until it has ended."""
    rerun_of: Name | None = None
    """A job whose snapshot of notebook and code is run again; those of ``job`` are ignored."""
