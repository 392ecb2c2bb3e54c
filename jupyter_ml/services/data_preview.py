# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows of data with a profile of its columns, for notebooks and terminals."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.schemas.data_view import basis_text, extent_text

if TYPE_CHECKING:
    from jupyter_ml.schemas.data_view import ColumnProfile, DataProfile, DataRows

__all__ = ["DataPreview"]


class DataPreview(NamedTuple):
    """Some rows of data, and what its columns contain.

    Attributes
    ----------
    rows
        Some rows.
    profile
        The profile of the columns.
    """

    rows: DataRows
    profile: DataProfile

    def __repr__(self) -> str:
        columns = "\n".join(_summary(column) for column in self.profile.columns)
        return f"{self.rows.path}\n{extent_text(self.rows)}\n{columns}"

    def _repr_html_(self) -> str:
        heads = "".join(
            f"<th>{escape(column.name)}<br><small>{escape(_summary(column, with_name=False))}</small></th>"
            for column in self.profile.columns
        )
        cells = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in self.rows.rows)
        notes = " ".join([extent_text(self.rows), *self.rows.format.notes])
        basis = f"Columns: {basis_text(self.profile.columns[0].basis)}." if self.profile.columns else ""
        caption = f"<caption>{escape(self.rows.path)}<br>{escape(notes)} {escape(basis)}</caption>"
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>"


def _summary(column: ColumnProfile, *, with_name: bool = True) -> str:
    parts = [column.type]
    if column.nulls:
        parts.append(f"{column.nulls:,} empty")
    if column.minimum is not None:
        parts.append(f"{column.minimum} to {column.maximum}")
    if column.distinct is not None:
        parts.append(f"{'' if column.distinct_exact else '~'}{column.distinct:,} distinct")
    return (f"{column.name}: " if with_name else "") + ", ".join(parts)


def _cell(value: object) -> str:
    return "" if value is None else escape(str(value))
