# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read MLTable files, which describe a table: its files, how to read them, and what to change in the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, TypeAdapter, field_validator, model_validator

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas import yaml
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.mltable_conversions import Conversion
from jupyter_ml.schemas.mltable_filters import parse_filter
from jupyter_ml.schemas.mltable_readers import ReadDelimited, ReadJsonLines, ReadParquet
from jupyter_ml.schemas.validation import validate

if TYPE_CHECKING:
    from typing import Self

    from jupyter_ml.schemas.yaml import Document
    from jupyter_ml.schemas.yaml_nodes import Location

__all__ = ["TABLE_FILE", "MLTable", "PartitionFormat", "Sample", "TablePath", "Transformation", "read_mltable"]

TABLE_FILE = "MLTable"
"""Name of the file, in the directory that is the table."""
MAX_PATHS = 10_000
MAX_TRANSFORMATIONS = 100
MAX_COLUMNS = 10_000

Text = Annotated[str, Field(min_length=1, max_length=4_096)]
Columns = Annotated[list[Text], Field(min_length=1, max_length=MAX_COLUMNS)]
Count = Annotated[int, Field(ge=0, le=2**53, strict=True)]


class TablePath(Schema):
    """Files of a table: one of a file, a directory with all that is in it, and a pattern with ``*`` and ``**``."""

    file: Text | None = None
    folder: Text | None = None
    pattern: Text | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1 or self.value is None:
            raise ValueError("give one of file, folder, pattern")
        return self

    @property
    def kind(self) -> str:
        """Which of them is given."""
        return next(iter(self.model_fields_set))

    @property
    def value(self) -> str | None:
        """The path."""
        value: str | None = getattr(self, self.kind)
        return value


class Sample(Schema):
    """How many of the rows are taken, at random."""

    probability: float = Field(ge=0, le=1, allow_inf_nan=False)
    seed: int = Field(default=0, ge=-(2**53), le=2**53)
    """The same rows are taken whenever it is the same, so that the pages of a table belong together."""


class PartitionFormat(Schema):
    """Which parts of the paths of the files are values of columns, e.g. ``/{country}/{date:yyyy/MM}/data.csv``."""

    partition_format: Text


class Transformation(Schema):
    """One transformation: the key that is given."""

    read_delimited: ReadDelimited | None = None
    read_parquet: ReadParquet | None = None
    read_json_lines: ReadJsonLines | None = None
    keep_columns: Columns | None = None
    drop_columns: Columns | None = None
    filter: Text | None = None
    skip: Count | None = None
    take: Count | None = None
    take_random_sample: Sample | None = None
    convert_column_types: Annotated[list[Conversion], Field(min_length=1, max_length=1_000)] | None = None
    extract_columns_from_partition_format: PartitionFormat | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_arguments(cls, data: Any) -> Any:
        """Accept a reader that is its name alone: ``- read_parquet``, also with a colon."""
        if isinstance(data, dict):
            return {name: {} if each is None and str(name).startswith("read_") else each for name, each in data.items()}
        return data

    @field_validator("keep_columns", "drop_columns", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("extract_columns_from_partition_format", mode="before")
    @classmethod
    def _as_format(cls, value: Any) -> Any:
        return {"partition_format": value} if isinstance(value, str) else value

    @field_validator("filter")
    @classmethod
    def _is_expression(cls, value: str | None) -> str | None:
        if value is not None:
            parse_filter(value)
        return value

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1 or self.value is None:
            raise ValueError("give one transformation for each entry of the list, with its arguments")
        return self

    @property
    def name(self) -> str:
        """Which transformation it is."""
        return next(iter(self.model_fields_set))

    @property
    def value(self) -> Any:
        """Its arguments."""
        return getattr(self, self.name)


class _Content(Schema):
    key_hints = {"transformations.*.read_delta_lake": "Delta Lake is not supported yet: write the table as parquet"}

    type: Literal["mltable"] = "mltable"
    paths: Annotated[list[TablePath], Field(min_length=1, max_length=MAX_PATHS)]
    transformations: Annotated[list[Transformation], Field(max_length=MAX_TRANSFORMATIONS)] = []
    metadata: dict[str, Any] = {}
    """Of Azure ML's; it does not change the rows."""


@dataclass(frozen=True)
class MLTable:
    """What an MLTable file describes.

    Attributes
    ----------
    paths
        Its files.
    reader
        How they are read: the first transformation, if it is a reader.
    transformations
        What is done with the rows, in this order.
    """

    paths: tuple[TablePath, ...]
    reader: ReadDelimited | ReadParquet | ReadJsonLines | None
    transformations: tuple[Transformation, ...]
    _document: Document = field(repr=False, compare=False)

    def error(self, message: str, *location: str | int) -> InvalidInputError:
        """Return an error with the line and the key of what it is about."""
        key = ".".join(str(part) for part in location)
        return InvalidInputError(f"{self.place(*location)}: {key}: {message}", field=key)

    def place(self, *location: str | int) -> str:
        """Return the file and the line of a key."""
        return self._document.where(self._written(location))

    def place_of(self, index: int) -> str:
        """Return the file, the line and the name of one of `transformations`."""
        name = self.transformations[index].name
        return f"{self.place('transformations', index)}: {name}"

    def _written(self, location: Location) -> Location:
        """Return a location in the file, where the reader is the first one of the transformations."""
        if location[:1] == ("transformations",) and self.reader is not None and len(location) > 1:
            return "transformations", int(location[1]) + 1, *location[2:]
        return location


def read_mltable(text: str, source: str) -> MLTable:
    """Return what an MLTable file describes.

    Parameters
    ----------
    text
        Its content.
    source
        What to call it in an error.

    Raises
    ------
    InvalidInputError
        With the file, the line and the key of every error.
    """
    if len(text) > yaml.MAX_BYTES:
        raise InvalidInputError(f"{source} has more than {yaml.MAX_BYTES:,} characters, which an MLTable file may have")
    document = yaml.read(text, source)
    document.data.pop("$schema", None)
    steps = document.data.get("transformations")
    if steps is None:
        document.data.pop("transformations", None)
    elif isinstance(steps, list):
        document.data["transformations"] = [{each: None} if isinstance(each, str) else each for each in steps]
    content = validate(TypeAdapter(_Content), document, _Content)
    reader, first = None, 0
    if content.transformations and content.transformations[0].name.startswith("read_"):
        reader, first = content.transformations[0].value, 1
    table = MLTable(tuple(content.paths), reader, tuple(content.transformations[first:]), document)
    for index, each in enumerate(table.transformations):
        if each.name.startswith("read_"):
            raise InvalidInputError(f"{table.place_of(index)}: has to be the first transformation, and the only reader")
    return table
