# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What is shown of a data file: its format, pages of rows, and a profile of each column."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyter_ml.schemas.base import Offset, Schema
from jupyter_ml.schemas.reference_fields import DataLocation

__all__ = [
    "MAX_ROWS",
    "Basis",
    "Bin",
    "Cell",
    "ColumnProfile",
    "DataColumn",
    "DataFormat",
    "DataProfile",
    "DataRows",
    "ProfileQuery",
    "Quantiles",
    "RowsQuery",
    "TopValue",
]

MAX_ROWS = 1_000
"""Maximum number of rows in a page."""

Cell = str | int | float | bool | None
"""A value: numbers that JSON cannot represent exactly, dates and nested values are text; a long text is shortened."""


class DataFormat(Schema):
    """How a file is read."""

    format: Literal["csv", "json_lines", "parquet"]
    compression: Literal["gzip", "zstd"] | None = None
    encoding: str | None = None
    """Encoding of a text file."""
    delimiter: str | None = None
    """Of the fields of a line."""
    bytes: int
    """Size of the file."""
    notes: list[str] = []
    """What a reader should know, e.g. that lines have different numbers of fields."""


class DataColumn(Schema):
    """A column."""

    name: str
    type: str
    """DuckDB's type, e.g. ``BIGINT``."""


class DataRows(Schema):
    """A page of rows."""

    path: str
    format: DataFormat
    columns: list[DataColumn]
    offset: int
    """Number of the first row."""
    rows: list[list[Cell]]
    total: int | None = None
    """Number of rows, if it is known."""
    estimated_total: int | None = None
    """Number of rows by the mean size of a row; None if `total` is known."""
    last: int | None = None
    """Number of rows that can be read, if these are fewer than there are: the rows of a compressed file."""


class Basis(Schema):
    """What a number was computed from."""

    how: Literal["sample", "all"]
    """The first rows, or all rows."""
    rows: int
    """Number of rows that were read."""
    of_rows: int | None = None
    """Number of rows of the file, if it is known."""


class Bin(Schema):
    """A bar of a histogram, which contains its upper end; the first one contains its lower end, too."""

    lower: float
    upper: float
    count: int


class Quantiles(Schema):
    """Approximate quantiles of the numbers of a column."""

    q05: float
    q25: float
    median: float
    q75: float
    q95: float


class TopValue(Schema):
    """A frequent value."""

    value: Cell
    count: int


class ColumnProfile(Schema):
    """What is known about a column."""

    name: str
    type: str
    basis: Basis
    """Of the numbers and extremes, and of the histogram."""
    nulls: int | None = None
    not_numbers: int | None = None
    """Number of values that are not of the type that the first rows have; they count as text."""
    minimum: Cell = None
    maximum: Cell = None
    mean: float | None = None
    bins: list[Bin] = []
    """Of a column of numbers or times; times are seconds since 1970."""
    values_basis: Basis | None = None
    """Of the following values; None until they are known."""
    distinct: int | None = None
    distinct_exact: bool = False
    """Whether `distinct` is exact; it is an estimate for many values."""
    quantiles: Quantiles | None = None
    top: list[TopValue] = []
    """The most frequent values of a column with few distinct ones."""


class DataProfile(Schema):
    """A profile of a file: first an early one, which more exact ones replace."""

    path: str
    format: DataFormat
    rows: int | None
    """Number of rows, if it is known."""
    columns: list[ColumnProfile]
    complete: bool
    """Whether this is the last one."""
    elapsed_s: float = Field(ge=0)
    """Seconds since the profile was requested."""


class RowsQuery(Schema):
    """Which rows of which file."""

    path: DataLocation
    """A contents path, a path in a datastore, or a data asset."""
    offset: Offset = 0
    limit: int = Field(default=100, ge=1, le=MAX_ROWS)


class ProfileQuery(Schema):
    """Which profile of which file."""

    path: DataLocation
    """A contents path, a path in a datastore, or a data asset."""
    exact: bool = True
    """Whether to read all rows, or the first ones only."""
