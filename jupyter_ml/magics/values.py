# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Insert variables of the notebook into the line of a magic: ``-p alpha={alpha}`` or ``-p alpha=$alpha``."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["split_line"]

_VARIABLE = re.compile(r"(?<![{$])(?:\{(?P<braces>[A-Za-z_]\w*)\}|\$(?P<dollar>[A-Za-z_]\w*))")


def split_line(line: str, variables: Mapping[str, Any]) -> list[str]:
    """Return the arguments in a line, with the values of variables inserted.

    IPython's own expansion would split a value at its spaces and evaluate JSON as an expression. A name that is not a
    variable is left as it is.
    """
    try:
        parts = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%ml: cannot parse {line!r}: {str(error).lower()}") from None

    def value(match: re.Match[str]) -> str:
        name = match["braces"] or match["dollar"]
        return _text(variables[name]) if name in variables else match[0]

    return [_VARIABLE.sub(value, part) for part in parts]


def _text(value: Any) -> str:
    """Return a value as a user would type it for a parameter."""
    if value is None or isinstance(value, bool | int | float | list | tuple | dict):
        return json.dumps(value, default=str)
    return str(value)
