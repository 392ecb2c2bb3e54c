# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Models: versions of trained models in MLflow's registry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, StringConstraints

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas import names
from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, Label, VersionedAsset
from jupyter_ml.schemas.base import fixed_keys
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.model_locations import parse_model_location
from jupyter_ml.schemas.references import LocalPath

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

__all__ = ["MODEL", "Model", "ModelCreate", "ModelType", "ModelUpdate", "Stage"]

ModelType = Literal["custom_model", "mlflow_model"]
"""A directory with an ``MLmodel`` file, or any files."""
MAX_VERSION = 2**31 - 1


def _stage(value: Any) -> Any:
    """Return MLflow's name of a stage in any case; Azure ML's ``Development`` is that of a model without a stage."""
    if not isinstance(value, str):
        return value
    known = {stage.casefold(): stage for stage in ("Staging", "Production", "Archived")}
    return None if value.casefold() in ("none", "development", "") else known.get(value.casefold(), value)


def _number(version: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,9}", version) or int(version) > MAX_VERSION:
        raise ValueError("versions of models are numbers, as in MLflow's registry: give a number, or none for the next")
    return version


def _alias(label: str) -> str:
    if not re.fullmatch(r"[\w-]+", label) or label.casefold() == "latest" or re.fullmatch(r"[vV]\d+", label):
        raise ValueError(f"{label!r} cannot be an alias: use letters, digits, _ and -, but not latest or v1")
    return label


def _location(text: str) -> str:
    try:
        parse_model_location(text)
    except InvalidInputError as error:
        raise ValueError(str(error)) from error
    return text


Stage = Annotated[Literal["Staging", "Production", "Archived"] | None, BeforeValidator(_stage)]
"""MLflow's stage; None for no stage. Versions in the stage Archived are left out of lists."""
Aliases = Annotated[list[Annotated[Label, AfterValidator(_alias)]], Field(max_length=100)]
ModelLocation = Annotated[str, StringConstraints(max_length=4_096), AfterValidator(_location)]


class ModelCreate(AssetCreate):
    """A version of a model to create."""

    version: Annotated[str, AfterValidator(_number)] | None = None
    """A number above all that the model has had; by default the next one."""
    labels: Aliases = []
    """MLflow's aliases; they move from the versions that have them."""
    type: ModelType | None = None
    """By default what there is at the path."""
    path: ModelLocation
    """A path, relative to the YAML file, or in a datastore; an output of a job; a model or an artifact of MLflow."""
    stage: Stage = None
    flavors: dict[str, JsonValue] = Field(default={}, max_length=100)
    """Of a custom model; those of an MLflow model are in its ``MLmodel`` file."""

    def below(self, directory: Path) -> Self:
        """Return the spec with its path relative to `directory`."""
        if not isinstance(parse_model_location(self.path), LocalPath) or self.path.startswith("~"):
            return self
        return self.model_copy(update={"path": str(directory / self.path)})


class ModelUpdate(AssetUpdate):
    """What to change of a version of a model."""

    key_hints = fixed_keys(ModelCreate, "create another version")

    labels: Aliases = []
    """All aliases that it has then; they move from the versions that have them."""
    stage: Stage = None


class Model(VersionedAsset):
    """A version of a model in MLflow's registry."""

    revision: int = 1
    """Checksum of what can be changed: MLflow's other clients change it too, and keep no count."""
    type: ModelType
    path: str
    """MLflow's source of the version, e.g. ``models:/m-…`` for a logged model."""
    uri: str
    """Argument of ``mlflow.pyfunc.load_model``."""
    stage: str | None
    """MLflow's: Staging, Production or Archived."""
    status: str
    """MLflow's: READY, or PENDING_REGISTRATION and FAILED_REGISTRATION."""
    run_id: str | None = None
    """MLflow run that it comes from."""
    flavors: dict[str, JsonValue] = {}
    """As they were given."""
    files: int | None = None
    """Number of files; None if another program registered it."""
    bytes: int | None = None
    """Their size in all."""
    digest: str | None = None
    """BLAKE3 digest of their paths and content."""


MODEL: Kind[Model, AssetQuery] = Kind(
    name=names.MODEL,
    model=Model,
    query=AssetQuery,
    spec=ModelCreate,
    changes=ModelUpdate,
    columns=(
        Column("name"),
        Column("version"),
        Column("labels", lambda item: ", ".join(item.labels)),
        Column("stage"),
        Column("type"),
        Column("bytes", lambda item: "" if item.bytes is None else f"{item.bytes:,}", "right"),
        Column("job", lambda item: (item.source and item.source.job) or ""),
        Column("created", field="created_at"),
    ),
    extra_event_types=("stage_changed",),
    follows=("job",),
)
