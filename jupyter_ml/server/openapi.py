"""The description of the API, made from its routes: ``python -m jupyter_ml.server.openapi FILE`` writes it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

import jupyter_ml
from jupyter_ml.schemas.changes import ExperimentChanged, JobChanged, JobProgressed
from jupyter_ml.schemas.describing import SchemaWriter, fields
from jupyter_ml.server.answers import Download, JSONStream
from jupyter_ml.server.handler import Verb
from jupyter_ml.server.routes import BASE, ROUTES
from jupyter_ml.server.shapes import Error, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["document", "text"]

REFERENCE = "#/components/schemas/{model}"
FILE = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
METHODS = ("get", "head", "post", "delete")


def _verbs() -> Iterator[tuple[str, str, type, Verb]]:
    for path, handler in ROUTES:
        for method in METHODS:
            description = getattr(getattr(handler, method), "verb", None)
            if isinstance(description, Verb):
                yield path, method, handler, description


def _used() -> Iterator[tuple[Any, Any, TypeAdapter[Any]]]:
    """Yield the types of bodies and answers, as pydantic wants them: a key, a mode, an adapter."""
    for told in (Error, JobChanged, JobProgressed, ExperimentChanged):  # all but the first by Jupyter's event stream
        yield told, "serialization", TypeAdapter(told)
    for _, _, _, verb in _verbs():
        shape = shape_of(verb.method)
        if shape.answer not in (None, Download, JSONStream):
            yield verb.operation, "serialization", TypeAdapter(shape.answer)
        if shape.body is not None:
            yield verb.operation, "validation", TypeAdapter(shape.body)


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    schemas, definitions = TypeAdapter.json_schemas(
        list(_used()), ref_template=REFERENCE, schema_generator=SchemaWriter
    )
    paths: dict[str, Any] = {}
    for path, method, handler, verb in _verbs():
        paths.setdefault(BASE + path, {})[method] = _operation(path, handler, verb, schemas)
    made = {
        "openapi": "3.1.0",
        "info": {
            "title": "Jupyter ML",
            "version": jupyter_ml.__version__,
            "description": "Jobs and experiments of a workspace. Changes are told by Jupyter's event stream.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
            "responses": {
                "Error": {"description": "What went wrong", "content": _content(schemas[Error, "serialization"])}
            },
            "schemas": definitions["$defs"],
        },
    }
    return json.loads(_renamed(json.dumps(made)))  # type: ignore[no-any-return]


def _renamed(text: str) -> str:
    """Return the document with names for people: ``JobPage`` for ``Page_Job_``, ``JobInput`` for ``Job-Input``."""
    return re.sub(r"\bPage_(\w+?)_(?=\")", r"\1Page", text).replace("-Output", "").replace("-Input", "Input")


def _operation(path: str, handler: type, verb: Verb, schemas: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": verb.operation,
        "summary": verb.summary,
        "tags": [handler.auth_resource.partition(":")[2]],  # type: ignore[attr-defined]
        "parameters": [*_path_parameters(path), *_query_parameters(verb)],
        "responses": {**_answers(verb, schemas), "default": {"$ref": "#/components/responses/Error"}},
    }
    if shape_of(verb.method).body is not None:
        operation["requestBody"] = {"required": True, "content": _content(schemas[verb.operation, "validation"])}
    return operation


def _content(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answers(verb: Verb, schemas: Any) -> dict[str, Any]:
    """Return what a verb answers, by status."""
    if shape_of(verb.method).answer is not Download:
        return {str(verb.status): _answer(verb, schemas)}
    content = {} if verb.operation.startswith("describe") else {"content": FILE}
    return {
        "200": {"description": "The file", **content},
        "206": {"description": "The part that Range asks for, of the version that If-Range names", **content},
        "304": {"description": "The client has it already, as If-None-Match or If-Modified-Since tell"},
    }


def _answer(verb: Verb, schemas: Any) -> dict[str, Any]:
    kind = shape_of(verb.method).answer
    if kind is None:
        return {"description": "Done"}
    if kind is JSONStream:
        return {"description": "Done", "content": _content({"type": "object", "additionalProperties": True})}
    answer: dict[str, Any] = {"description": "Done", "content": _content(schemas[verb.operation, "serialization"])}
    if verb.location:
        answer["headers"] = {"Location": {"description": "Address of what was made", "schema": {"type": "string"}}}
    return answer


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(verb: Verb) -> Iterator[dict[str, Any]]:
    query = shape_of(verb.method).query
    if query is None:
        return
    for name, schema in fields(query).items():
        required = query.model_fields[name].is_required()
        yield {"name": name, "in": "query", "required": required, "schema": schema}


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
