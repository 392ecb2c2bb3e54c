# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rules for names and texts that users choose: what a list, a log or a terminal cannot show is refused.

They are checked where a resource is created or updated. What an earlier version stored, or another program logged to
MLflow, is read as it is.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, StringConstraints

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_parts import ASSET_NAME, shown

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Description",
    "DisplayName",
    "ExperimentName",
    "ResourceName",
    "TagKey",
    "cleaned",
    "require_experiment",
    "require_line",
    "require_text",
]

_LINES = "\n\r\t"
_BREAKS = "\n\r\v\f\x85\u2028\u2029"
_DIRECTIONS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
"""Characters that change the direction of the text after them."""
_CONTROL = ("Cc", "Cs", "Zl", "Zp")
"""Unicode categories of control characters, halves of surrogate pairs, and ends of lines."""


def _is_control(character: str) -> bool:
    return character in _DIRECTIONS or unicodedata.category(character) in _CONTROL


def require_text(text: str) -> str:
    """Return a text of several lines; InvalidInputError if it has another control character."""
    control = next((character for character in text if character not in _LINES and _is_control(character)), None)
    if control is not None:
        raise InvalidInputError(f"{shown(text)} has a control character U+{ord(control):04X}: remove it")
    return text


def require_line(text: str) -> str:
    """Return a name of one line; InvalidInputError if it has a control character, or a space at an end."""
    control = next(filter(_is_control, text), None)
    if control is not None:
        what = "line break" if control in _BREAKS else f"control character U+{ord(control):04X}"
        raise InvalidInputError(f"{shown(text)} has a {what}: remove it")
    if text != text.strip():
        raise InvalidInputError(f"{shown(text)} begins or ends with a space: remove it")
    return text


def require_experiment(text: str) -> str:
    """Return the name of an experiment: a name of one line that is not a path such as ``..``."""
    if not text.strip("./\\"):
        raise InvalidInputError(f"{shown(text)} has nothing besides '.' and '/': choose another name")
    return require_line(text)


def cleaned(text: str) -> str:
    """Return a text without what `require_line` refuses, which may leave nothing."""
    return "".join(" " if _is_control(character) else character for character in text).strip()


def _valid(require: Callable[[str], str]) -> AfterValidator:
    def validate(text: str) -> str:
        try:
            return require(text)
        except InvalidInputError as error:
            raise ValueError(str(error)) from error

    return AfterValidator(validate)


DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=256), _valid(require_line)]
"""A name of one line, which need not be unique."""
ExperimentName = Annotated[str, StringConstraints(min_length=1, max_length=256), _valid(require_experiment)]
"""A name of one line, with any characters that MLflow and a list can show."""
Description = Annotated[str, StringConstraints(max_length=5_000), _valid(require_text)]
"""Text of several lines."""
ResourceName = Annotated[str, StringConstraints(pattern=ASSET_NAME)]
"""Name of a resource, if its kind has no other rule: it is safe in URLs, in a shell and in references."""
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=250), _valid(require_line)]
"""Name of a tag."""
