# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The types to which MLTable files convert columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from jupyter_ml.schemas.base import Schema

if TYPE_CHECKING:
    from typing import Self

__all__ = ["BooleanType", "Conversion", "DatetimeType"]

Values = Annotated[list[str], Field(min_length=1, max_length=1_000)]


class BooleanType(Schema):
    """Which texts are true, and which are false."""

    true_values: Values | None = None
    false_values: Values | None = None
    mismatch_as: Literal["error", "true", "false"] = "error"
    """What any other text is."""

    @field_validator("true_values", "false_values", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """Take the text of numbers and booleans that are written without quotes."""
        values = value if isinstance(value, list) else [value]
        return (
            None if value is None else [str(each).lower() if isinstance(each, bool) else str(each) for each in values]
        )

    @field_validator("mismatch_as", mode="before")
    @classmethod
    def _as_name(cls, value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else value

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        if (self.true_values is None) != (self.false_values is None):
            raise ValueError("give true_values and false_values")
        if both := {*(self.true_values or ())} & {*(self.false_values or ())}:
            raise ValueError(f"{min(both)!r} is one of true_values and of false_values")
        return self


class DatetimeType(Schema):
    """How times are written."""

    formats: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)] = []
    """Formats of Python's ``strptime``, tried in this order; by default ISO 8601."""

    @field_validator("formats", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class Conversion(Schema):
    """Columns, and the type to which they are converted."""

    columns: Annotated[list[Annotated[str, Field(min_length=1, max_length=4_096)]], Field(min_length=1)]
    column_type: Literal["int", "float", "string"] | BooleanType | DatetimeType

    @field_validator("columns", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("column_type", mode="before")
    @classmethod
    def _type_of(cls, value: Any) -> Any:
        """Return the model of ``boolean`` and ``datetime``, which are names or keys with arguments."""
        models: dict[str, type[Schema]] = {"boolean": BooleanType, "datetime": DatetimeType}
        if isinstance(value, str) and value in models:
            return models[value]()
        if isinstance(value, dict) and len(value) == 1:
            name, arguments = next(iter(value.items()))
            if name in models:
                return models[name].model_validate(arguments or {})
        if not isinstance(value, str) or value not in ("int", "float", "string"):
            known = "int, float, string, boolean, datetime, {boolean: {…}} or {datetime: {formats: […]}}"
            raise ValueError(f"must be {known}")
        return value
