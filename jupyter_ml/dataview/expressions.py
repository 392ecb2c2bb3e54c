# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""SQL about the values of a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ml.dataview.sql import identifier

if TYPE_CHECKING:
    from jupyter_ml.dataview.tables import Table
    from jupyter_ml.schemas.data_view import DataColumn

__all__ = ["Expressions", "expressions", "is_number", "is_time"]

_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_TIMES = ("DATE", "TIMESTAMP")
_NESTED = ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")


@dataclass(frozen=True)
class Expressions:
    """SQL about a column."""

    column: DataColumn
    as_text: bool

    @property
    def name(self) -> str:
        """The column."""
        return identifier(self.column.name)

    @property
    def is_time(self) -> bool:
        """Whether it has dates or times."""
        return is_time(self.column.type)

    @property
    def is_number(self) -> bool:
        """Whether it has numbers."""
        return is_number(self.column.type)

    @property
    def is_nested(self) -> bool:
        """Whether its values have parts."""
        return _is_nested(self.column.type)

    @property
    def value(self) -> str:
        """The value in its type; null where a value of a column that is read as text is not of it."""
        return f"TRY_CAST({self.name} AS {self.column.type})" if self.as_text else self.name

    @property
    def number(self) -> str | None:
        """The value as a finite number; None for a column that has none."""
        if self.is_time:
            return f"epoch({self.value})"
        if not self.is_number:
            return None
        as_double = f"CAST({self.value} AS DOUBLE)"
        return f"CASE WHEN isfinite({as_double}) THEN {as_double} END"


def is_time(type_: str) -> bool:
    """Return whether values of a type are dates or times."""
    return type_.startswith(_TIMES) and not _is_nested(type_)


def is_number(type_: str) -> bool:
    """Return whether values of a type are numbers."""
    return type_.lstrip("U").startswith(_NUMBERS) and not _is_nested(type_)


def _is_nested(type_: str) -> bool:
    return type_.startswith(_NESTED) or type_.endswith("]")


def expressions(table: Table, name: str) -> Expressions | None:
    """Return the SQL about a column; None if there is none of that name."""
    column = next((column for column in table.columns if column.name == name), None)
    return None if column is None else Expressions(column, name in table.as_text)
