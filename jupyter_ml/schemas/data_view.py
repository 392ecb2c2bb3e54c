# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What is shown of a data file: its format, pages of rows, and a profile of each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, Json, model_validator

from jupyter_ml.schemas.base import Offset, Schema
from jupyter_ml.schemas.reference_fields import DataLocation

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "MAX_ROWS",
    "MAX_THUMBNAILS",
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
    "RowFilter",
    "RowsQuery",
    "Thumbnail",
    "Thumbnails",
    "ThumbnailsQuery",
    "TopValue",
    "basis_text",
    "extent_text",
]

MAX_ROWS = 1_000
"""Maximum number of rows in a page."""
MAX_FILTERS = 20
MAX_THUMBNAILS = 24
"""Maximum number of pictures in a response."""

Cell = str | int | float | bool | None
"""A value: numbers that JSON cannot represent exactly, dates and nested values are text; a long text is shortened."""


class DataFormat(Schema):
    """How a file is read."""

    format: Literal["csv", "json_lines", "parquet", "arrow", "text", "images", "files"]
    """``images`` and ``files`` are directories that are not one table: their rows are their files."""
    compression: Literal["gzip", "zstd"] | None = None
    encoding: str | None = None
    """Encoding of a text file."""
    delimiter: str | None = None
    """Of the fields of a line."""
    bytes: int
    """Size of all files."""
    files: int = 1
    """Number of files."""
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
    progress: float | None = None
    """How far the search for the rows is, from 0 to 1, if it is not complete: there are no rows then, ask again."""


class RowFilter(Schema):
    """A condition on rows: a column has a certain value, a number or time between two, or none."""

    column: str = Field(max_length=4_096)
    value: str | Annotated[int, Field(ge=-(2**53), le=2**53)] | float | bool | None = None
    """The value, as a cell or a profile shows it."""
    lower: float | None = None
    upper: float | None = None
    """Limits of a number; times are seconds since 1970. The upper one is included."""
    includes_lower: bool = False
    is_empty: bool = False

    @model_validator(mode="after")
    def _has_one_condition(self) -> Self:
        has_limits = self.lower is not None and self.upper is not None
        if (self.lower is None) != (self.upper is None):
            raise ValueError("has one limit: give lower and upper")
        if [self.value is not None, has_limits, self.is_empty].count(True) != 1:
            raise ValueError("give value, or lower and upper, or is_empty")
        return self


class Thumbnail(Schema):
    """A small version of an image, for a list."""

    name: str
    bytes: int
    """Size of the file."""
    width: int | None = None
    height: int | None = None
    """Of the image, in pixels."""
    source: str | None = None
    """A ``data:`` URL."""
    error: str | None = None
    """Why there is none."""


class Thumbnails(Schema):
    """Thumbnails of some images of a directory."""

    path: str
    total: int
    """Number of images."""
    items: list[Thumbnail]


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
    filters: list[Json[RowFilter]] = Field(default=[], max_length=MAX_FILTERS)
    """Conditions, each as JSON, which the rows match all."""


class ThumbnailsQuery(Schema):
    """Which images of which directory."""

    path: DataLocation
    """A contents path, a path in a datastore, or a data asset."""
    offset: Offset = 0
    limit: int = Field(default=MAX_THUMBNAILS, ge=1, le=MAX_THUMBNAILS)


class ProfileQuery(Schema):
    """Which profile of which file."""

    path: DataLocation
    """A contents path, a path in a datastore, or a data asset."""
    exact: bool = True
    """Whether to read all rows, or the first ones only."""


def basis_text(basis: Basis) -> str:
    """Return what numbers were computed from, for people."""
    if basis.how == "all":
        return f"all {basis.rows:,} rows"
    return f"the first {basis.rows:,} rows" + (f" of {basis.of_rows:,}" if basis.of_rows else "")


def extent_text(found: DataRows) -> str:
    """Return which rows of how many a page has, for people."""
    last = found.offset + len(found.rows)
    if found.total is not None:
        of = f" of {found.total:,}"
    elif found.estimated_total is not None:
        of = f" of about {found.estimated_total:,}"
    elif found.last is not None:
        of = f" of a compressed file, of which the first {found.last:,} can be shown"
    else:
        of = ""
    return f"Rows {found.offset + 1:,} to {last:,}{of}." if found.rows else f"No rows from {found.offset + 1:,} on."
