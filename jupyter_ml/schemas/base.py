# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Base class and types that all schemas share."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from jupyter_ml.schemas.numbers import refuse_booleans

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["SORT_KEYS", "Name", "Number", "Offset", "Schema", "Sentence", "Time", "fixed_keys", "now"]

MAX_CHARS = 2_000


class Schema(BaseModel):
    """Base of all models: unknown keys are errors, and instances are immutable."""

    key_hints: ClassVar[Mapping[str, str]] = {}
    """What to do about keys that users may expect and that the model does not have, by patterns of their places."""
    confidential: ClassVar[bool] = False
    """Whether its values must not be in messages."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_enum_values=False,
        hide_input_in_errors=True,  # it may be a secret; our own messages show what may be shown
        json_schema_serialization_defaults_required=True,  # a response has every key
        ser_json_inf_nan="constants",  # as json.dumps writes and reads them: a parameter, metric or output may be NaN
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema by which pydantic validates: True and False are not taken for the numbers 1 and 0."""
        schema = handler(source)
        refuse_booleans(handler.resolve_ref_schema(schema))
        return schema

    @classmethod
    def variant(cls, data: Any) -> type[Schema]:  # noqa: ARG003 -- for models that stand for several
        """Return the model by which `data` is validated: this one, or one of `variants`."""
        return cls

    @classmethod
    def variants(cls) -> list[type[Schema]]:
        """Return the models that this one stands for; most stand for themselves."""
        return [cls]

    def below(self, directory: Path) -> Self:  # noqa: ARG002 -- for models with paths
        """Return a spec that was read from a file in `directory`, with its paths relative to that directory."""
        return self


def fixed_keys(spec: type[Schema], remedy: str) -> dict[str, str]:
    """Return the hints of an update that cannot change all fields of the spec of a kind."""
    keys = (key for model in spec.variants() for key in model.model_fields)
    return dict.fromkeys(keys, f"does not change: {remedy}")


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Time = Annotated[datetime, AfterValidator(_aware)]
"""A time, aware and in UTC."""

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$")]
"""A name that is safe as a directory, in a URL and in a shell."""

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""The number of a revision or of an attempt, which databases store in 32 bits."""

Offset = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A position in a file; JavaScript represents it exactly."""

SORT_KEYS = (
    r"^(created_at|started_at|ended_at|name|display_name|experiment_name|state"
    r"|((parameters|params|metrics)\..{1,250}))$"
)
"""Pattern of the keys by which jobs can be sorted."""

Sentence = Annotated[str, AfterValidator(lambda text: text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 1]}…")]
"""Text for users in a list or a panel, shortened to 2,000 characters."""


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.fromtimestamp(time.time(), UTC)
