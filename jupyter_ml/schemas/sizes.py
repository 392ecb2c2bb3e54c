# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Sizes of memory as text, such as ``4GB``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

__all__ = ["MemorySize", "size_bytes"]

LEAST_MEMORY = 64 * 1024**2

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?) ?([kmgt]?)i?b?", re.IGNORECASE)


def size_bytes(text: str) -> int:
    """Return the number of bytes; ValueError if it is not a size."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a size: write a number with a unit, e.g. 4GB")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def _enough(text: str) -> str:
    if size_bytes(text) < LEAST_MEMORY:
        raise ValueError(f"{text!r} is too little: write 64MB at least")
    return text


MemorySize = Annotated[
    str, BeforeValidator(lambda value: str(value) if type(value) is int else value), AfterValidator(_enough)
]
