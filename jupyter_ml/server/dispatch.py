# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A request made into a call of a service, in a thread: whatever it does may block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.server.errors import describe
from jupyter_ml.server.parsing import encode, parse_body, parse_query
from jupyter_ml.server.responses import FileResponse, JSONResponse, StreamingJSONResponse
from jupyter_ml.server.signatures import signature_of
from jupyter_ml.services.contents_paths import relative_in_text

if TYPE_CHECKING:
    from jupyter_ml.server.handler import Handler, Operation
    from jupyter_ml.server.responses import Response

__all__ = ["dispatch"]


def dispatch(handler: Handler, operation: Operation, path: dict[str, str]) -> Response:
    """Parse what the handler's request says, call the verb's method, and return what to answer."""
    shape = signature_of(operation.method)
    arguments: dict[str, Any] = dict(path)
    try:
        if shape.query is not None:
            arguments["query"] = parse_query(shape.query, handler.request.query_arguments)
        if shape.body is not None:
            arguments["body"] = parse_body(shape.body, handler.request.body, handler.app.max_body_bytes)
        result = operation.method(handler, **arguments)
    except JupyterMLError as error:
        message = relative_in_text(handler.app.root, str(error))  # where things lie on the server is its own business
        return JSONResponse(*describe(error, message))
    if isinstance(result, FileResponse | StreamingJSONResponse):
        return result
    location = operation.location and operation.location.format_map(vars(result))
    return JSONResponse(operation.status, None if shape.answer is None else encode(shape.answer, result), location)
