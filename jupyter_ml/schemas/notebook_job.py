# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The spec of a job that runs a notebook."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticSerializationError, to_json

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.job_spec import Identifier, JobSpec, Label
from jupyter_ml.schemas.parameters import encode
from jupyter_ml.schemas.reference_fields import LocalLocation
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

__all__ = ["NotebookJob"]

CellId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
MAX_PARAMETER_BYTES = 1024**2


class NotebookJob(JobSpec):
    """Run a notebook."""

    path_fields = ("code", "notebook")
    similar_by = ("notebook", "cells")

    type: Literal["notebook"] = "notebook"
    """Optional in a YAML file."""
    notebook: LocalLocation
    """Path of the .ipynb, inside ``code`` where that is given."""
    parameters: dict[Identifier, JsonValue] = Field(default={}, max_length=1_000, title="Parameters")
    """Values for the notebook's parameters cell; see `jupyter_ml.schemas.parameters` for dates, tuples and paths."""
    cells: list[CellId] | None = Field(default=None, min_length=1, max_length=10_000)
    """IDs of the cells that run, besides the parameters cell; all by default."""
    kernel_name: Label | None = Field(default=None, title="Kernel")
    """Kernel to use instead of the one in the notebook's metadata."""

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

    @model_validator(mode="after")
    def _on_one_node(self) -> Self:
        if self.resources.instance_count > 1:
            raise misplaced("a notebook runs on one node; remove the key", ("resources", "instance_count"))
        return self

    def expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the parameters that are text."""
        return ((("parameters", key), value) for key, value in self.parameters.items() if isinstance(value, str))

    @property
    def program(self) -> str:
        """Path of the notebook."""
        return self.notebook

    @property
    def source(self) -> str:
        """File name of the notebook."""
        return PurePath(self.notebook).name

    @property
    def directory(self) -> str | None:
        """Its code, else the directory of the notebook."""
        return self.code if self.code is not None else str(PurePath(self.notebook).parent)

    def notebook_in_code(self) -> str:
        """Return the path of the notebook in the copy of its code."""
        if self.code is None:
            return Path(self.notebook).name
        notebook, code = Path(self.notebook), Path(self.code)
        if notebook.is_relative_to(code):  # links in the path may have changed since
            return str(notebook.relative_to(code))
        return str(notebook.resolve().relative_to(code.resolve()))
