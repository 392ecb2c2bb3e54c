# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read parameters and results of operations from the annotations of their methods.

Handlers name schemas in annotations only, which are resolved here at the first request: importing pydantic and all
schemas would delay every start of the server by a tenth of a second.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import JsonValue

from jupyter_ml.schemas import (
    bulk,
    comparison,
    compute_states,
    computes,
    data,
    data_view,
    datastores,
    duration_estimate,
    environments,
    files,
    fingerprints,
    forms,
    job_services,
    jobs,
    kind_info,
    lineage,
    model_details,
    models,
    nodes,
    plans,
    queries,
    queue,
    resources,
    run_details,
    run_table,
    series,
    specs,
    vault,
    workspace,
)
from jupyter_ml.schemas.base import Schema
from jupyter_ml.server import responses
from jupyter_ml.server.operations import OperationSignature

if TYPE_CHECKING:
    from jupyter_ml.server.operations import Operation

__all__ = ["Error", "ErrorDetail", "signature_of"]

MODULES = (
    bulk,
    comparison,
    compute_states,
    computes,
    data,
    data_view,
    datastores,
    duration_estimate,
    environments,
    files,
    fingerprints,
    forms,
    job_services,
    jobs,
    kind_info,
    lineage,
    model_details,
    models,
    nodes,
    plans,
    queries,
    queue,
    resources,
    responses,
    run_details,
    run_table,
    series,
    specs,
    vault,
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
    current: dict[str, JsonValue] | None = None
    """The resource as it is now, if another revision of it was to be changed."""


class Error(Schema):
    """Body of every response that is an error."""

    error: ErrorDetail


@cache
def signature_of(operation: Operation) -> OperationSignature:
    """Return the parameters and the result of an operation."""
    if operation.signature is not None:
        return operation.signature()
    hints = get_type_hints(operation.method, globalns={**NAMES, "Any": Any})
    result = hints["return"]
    return OperationSignature(hints.get("query"), hints.get("body"), None if result is type(None) else result)
