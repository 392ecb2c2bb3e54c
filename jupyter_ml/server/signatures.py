# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read parameters and results of operations from the annotations of their methods.

Handlers name schemas in annotations only, which are resolved here at the first request: importing pydantic and all
schemas would delay every start of the server by a tenth of a second.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from jupyter_ml.schemas import (
    duration_estimate,
    experiments,
    files,
    forms,
    jobs,
    queries,
    resources,
    series,
    specs,
    workspace,
)
from jupyter_ml.schemas.base import Schema
from jupyter_ml.server import responses

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Error", "ErrorDetail", "OperationSignature", "signature_of"]

MODULES = (
    duration_estimate,
    experiments,
    files,
    forms,
    jobs,
    queries,
    resources,
    responses,
    series,
    specs,
    workspace,
)
NAMES = {name: getattr(module, name) for module in MODULES for name in module.__all__}
"""Names that the annotations of operations may use."""


class ErrorDetail(Schema):
    """Details of an error."""

    code: str
    """Identifier of the type of error, e.g. ``not_found``."""
    message: str
    """Description for people: what is wrong, where, and what to do."""
    field: str | None = None
    """Dotted path of the invalid field, e.g. ``parameters.alpha``."""


class Error(Schema):
    """Body of every response that is an error."""

    error: ErrorDetail


class OperationSignature(NamedTuple):
    """Parameters and result of an operation."""

    query: type[Schema] | None
    body: type[Schema] | None
    result: Any
    """None for no body, `FileResponse` for a file, `StreamingJSONResponse` for JSON of any size, else a type."""


@cache
def signature_of(method: Callable[..., Any]) -> OperationSignature:
    """Return the signature of an operation's method."""
    hints = get_type_hints(method, globalns={**NAMES, "Any": Any})
    result = hints["return"]
    return OperationSignature(hints.get("query"), hints.get("body"), None if result is type(None) else result)
