# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The description of one operation of the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["METHODS", "Operation"]

METHODS = ("get", "head", "post", "put", "patch", "delete")
"""HTTP methods that an operation can have."""


@dataclass(frozen=True)
class Operation:
    """An operation of the API; `signature_of` returns its parameters and its result."""

    operation_id: str
    """``operationId`` in the OpenAPI document."""
    method: Callable[..., Any]
    status: int
    location: str | None
    """Path of the created resource, with fields of the result in braces."""
    large: bool
    """Whether a response may need much memory; few of these are processed at the same time."""

    @property
    def summary(self) -> str:
        """First line of the method's docstring."""
        return (self.method.__doc__ or "").partition("\n")[0].rstrip(".")
