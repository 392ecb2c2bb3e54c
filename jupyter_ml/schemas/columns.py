# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Columns of the tables in which resources are listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from jupyter_ml.errors import nearest
from jupyter_ml.schemas.formatting import field_text
from jupyter_ml.schemas.resources import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Column", "wrong_columns"]

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column of the table in which resources of a kind are listed."""

    title: str
    """In lower case."""
    text: Callable[[R], str] | None = None
    """Returns the cell of a resource; by default the text of the field."""
    align: Literal["left", "right"] = "left"
    field: str = ""
    """The field that it shows, for clients that do not have `text`; by default the one that is called as the title."""

    @property
    def shown_field(self) -> str:
        """The field that it shows; a computed column may have none."""
        return self.field or self.title.replace(" ", "_")

    def cell(self, resource: R) -> str:
        """Return the cell of a resource."""
        return self.text(resource) if self.text is not None else field_text(getattr(resource, self.shown_field))


def wrong_columns(columns: Sequence[Any], model: type[Resource]) -> Iterator[str]:
    """Yield what is wrong with the columns of a kind of resource."""
    for column in columns:
        if not isinstance(column, Column):
            yield f"{column!r} is not a column: write Column(TITLE)"
        elif not isinstance(column.title, str) or not column.title.strip():
            yield f"a column has no title, but {column.title!r}"
        elif not isinstance(column.field, str):
            yield f"the field of the column {column.title!r} is {column.field!r}, not the name of a field"
        else:
            yield from _wrong_column(column, model)
    titles = Counter(column.title.strip().casefold() for column in columns)
    yield from (f"two columns have the title {title!r}" for title, count in titles.items() if count > 1)


def _wrong_column(column: Column[Any], model: type[Resource]) -> Iterator[str]:
    field, known = column.shown_field, model.model_fields
    if column.align not in ("left", "right"):
        yield f"the column {column.title!r} is aligned to {column.align!r}, not to 'left' or 'right'"
    if not (column.text is None or callable(column.text)):
        yield f"the text of the column {column.title!r} is {column.text!r}, not a function"
    if field not in known and (column.field or column.text is None):
        yield (
            f"the column {column.title!r} has no text, and {model.__name__} has no field {field!r}"
            f"{nearest(field, known)}"
        )
