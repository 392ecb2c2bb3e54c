# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Parse a request, call its operation and encode the result; runs in a thread, because services block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.base import Schema
from jupyter_ml.server.errors import describe
from jupyter_ml.server.parsing import encode, parse_body, parse_query
from jupyter_ml.server.responses import ArchiveResponse, Created, FileResponse, JSONResponse, StreamingJSONResponse
from jupyter_ml.server.signatures import signature_of
from jupyter_ml.services.contents_paths import contents_paths_in_text

if TYPE_CHECKING:
    from jupyter_ml.server.handler import Handler
    from jupyter_ml.server.operations import Operation
    from jupyter_ml.server.responses import Response

__all__ = ["dispatch"]


def dispatch(handler: Handler, operation: Operation, path: dict[str, str]) -> Response:
    """Parse the handler's request, call the operation and return the response."""
    signature = signature_of(operation)
    arguments: dict[str, Any] = dict(path)
    try:
        query = parse_query(signature.query or Schema, handler.request.query_arguments)
        if signature.query is not None:
            arguments["query"] = query
        if signature.body is not None:
            arguments["body"] = parse_body(signature.body, handler.request.body, handler.app.max_body_bytes)
        result = operation.method(handler, **arguments)
    except JupyterMLError as error:
        message = contents_paths_in_text(handler.app.root, str(error))  # does not reveal paths of the server
        return JSONResponse(*describe(error, message))
    if isinstance(result, ArchiveResponse | FileResponse | StreamingJSONResponse):
        return result
    status, result = (201, result.resource) if isinstance(result, Created) else (operation.status, result)
    location = operation.location.format_map(vars(result)) if operation.location and status == 201 else None
    return JSONResponse(status, None if signature.result is None else encode(signature.result, result), location)
