# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How MLTable files read files: the arguments of ``read_delimited``, ``read_parquet`` and ``read_json_lines``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator

from jupyter_ml.schemas.base import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PATH_COLUMN", "ColumnType", "Inference", "ReadDelimited", "ReadJsonLines", "ReadParquet"]

PATH_COLUMN = "Path"
"""Azure ML's name of the column that has the path of the file of a row."""

Encoding = Literal["utf8", "iso88591", "latin1", "ascii", "utf16", "utf32", "utf8bom", "windows1252"]
ColumnType = Literal["int", "float", "string", "boolean", "datetime"]


class Inference(Schema):
    """How the types of columns are inferred."""

    sample_size: int = Field(default=20_480, ge=1, le=1_000_000)
    """Number of rows that are read for it."""
    column_type_overrides: Annotated[dict[str, ColumnType], Field(max_length=10_000)] = {}
    """Types of columns that are known."""


class _Reader(Schema):
    include_path_column: bool = False
    path_column: str | None = Field(default=None, min_length=1, max_length=4_096)
    """Name of the column with the path of the file; ``Path`` by default."""

    @property
    def path_name(self) -> str | None:
        """Name of the column with the path of the file; None if there is none."""
        return (self.path_column or PATH_COLUMN) if self.include_path_column else None


class ReadDelimited(_Reader):
    """Reads text files with a delimiter."""

    delimiter: str = Field(default=",", min_length=1, max_length=4)
    header: Literal["no_header", "from_first_file", "all_files_different_headers", "all_files_same_headers"] = (
        "all_files_same_headers"
    )
    encoding: Encoding = "utf8"
    empty_as_string: bool = False
    """Whether an empty field is an empty text instead of no value."""
    support_multi_line: bool = False
    """Line breaks in quotes are text in any case."""
    infer_column_types: bool | Inference = True

    @field_validator("header", mode="before")
    @classmethod
    def _name_of(cls, value: Any) -> Any:
        """Accept the booleans that some files have for it."""
        names: Mapping[Any, str] = {True: "all_files_same_headers", False: "no_header"}
        return names[value] if isinstance(value, bool) else value

    @property
    def inference(self) -> Inference | None:
        """How the types are inferred; None if all columns are text."""
        if isinstance(self.infer_column_types, Inference):
            return self.infer_column_types
        return Inference() if self.infer_column_types else None


class ReadParquet(_Reader):
    """Reads parquet files."""


class ReadJsonLines(_Reader):
    """Reads text files with a JSON object in each line."""

    encoding: Encoding = "utf8"
    invalid_lines: Literal["error", "drop"] = "error"
