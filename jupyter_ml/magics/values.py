# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Variables of the notebook in a magic's line: ``-p alpha={alpha}`` and ``-p alpha=$alpha``."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["words"]

_VARIABLE = re.compile(r"(?<![{$])(?:\{(?P<braces>[A-Za-z_]\w*)\}|\$(?P<dollar>[A-Za-z_]\w*))")


def words(line: str, variables: Mapping[str, Any]) -> list[str]:
    """Return the words of a line, with the values of variables put in.

    IPython's own way would split a value at its spaces and take JSON for an expression; a name that is no variable
    stays as it is.
    """
    try:
        parts = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%ml: {line!r} cannot be read: {str(error).lower()}") from None

    def value(match: re.Match[str]) -> str:
        name = match["braces"] or match["dollar"]
        return _text(variables[name]) if name in variables else match[0]

    return [_VARIABLE.sub(value, part) for part in parts]


def _text(value: Any) -> str:
    """Return a value as a person would type it for a parameter."""
    if value is None or isinstance(value, bool | int | float | list | tuple | dict):
        return json.dumps(value, default=str)
    return str(value)
