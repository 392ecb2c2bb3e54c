"""A request made into a call of a service, in a thread: whatever it does may block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.server.answers import Download, JSONAnswer, JSONStream
from jupyter_ml.server.errors import describe
from jupyter_ml.server.parsing import encode, parse_body, parse_query
from jupyter_ml.server.shapes import shape_of
from jupyter_ml.services.confinement import relative_in_text

if TYPE_CHECKING:
    from jupyter_ml.server.answers import Answer
    from jupyter_ml.server.handler import Handler, Verb

__all__ = ["call"]


def call(handler: Handler, verb: Verb, path: dict[str, str]) -> Answer:
    """Parse what the handler's request says, call the verb's method, and return what to answer."""
    shape = shape_of(verb.method)
    arguments: dict[str, Any] = dict(path)
    try:
        if shape.query is not None:
            arguments["query"] = parse_query(shape.query, handler.request.query_arguments)
        if shape.body is not None:
            arguments["body"] = parse_body(shape.body, handler.request.body, handler.app.max_body_bytes)
        result = verb.method(handler, **arguments)
    except JupyterMLError as error:
        message = relative_in_text(handler.app.root, str(error))  # where things lie on the server is its own business
        return JSONAnswer(*describe(error, message))
    if isinstance(result, Download | JSONStream):
        return result
    location = verb.location and verb.location.format_map(vars(result))
    return JSONAnswer(verb.status, None if shape.answer is None else encode(shape.answer, result), location)
