# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The description of one operation of the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.base import Schema

__all__ = ["METHODS", "Operation", "OperationSignature"]

METHODS = ("get", "head", "post", "put", "patch", "delete")
"""HTTP methods that an operation can have."""


class OperationSignature(NamedTuple):
    """Parameters and result of an operation."""

    query: type[Schema] | None
    body: type[Schema] | None
    result: Any
    """None for no body, `FileResponse`, `ArchiveResponse`, `StreamingJSONResponse` (JSON of any size), or a type."""


@dataclass(frozen=True)
class Operation:
    """An operation of the API; `signature_of` returns its parameters and its result."""

    operation_id: str
    """``operationId`` in the OpenAPI document."""
    method: Callable[..., Any]
    status: int
    """Status of a response; 201 where the result is `Created`."""
    location: str | None
    """Path of the created resource, with fields of the result in braces."""
    large: bool
    """Whether a response may need much memory; few of these are processed at the same time."""
    summary: str
    """Description in one line."""
    reads: str | None
    """Resource of Jupyter Server that it reads: ``contents`` (files below the root directory) or ``kernels``."""
    signature: Callable[[], OperationSignature] | None
    """Returns the signature; None for that of the method."""
