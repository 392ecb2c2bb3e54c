# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Convert values of DuckDB to cells: what JSON cannot represent exactly becomes text, and long text is shortened."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_ml.schemas.data_view import Cell

__all__ = ["MAX_CHARS", "cell"]

MAX_CHARS = 500
_EXACT = 2**53
"""JavaScript's numbers represent integers exactly up to here."""


def cell(value: Any) -> Cell:
    """Return a value as a cell."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    text = value if isinstance(value, str) else _text(value)
    return text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 1]}…"


def _text(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
