# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

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
from jupyter_ml.server.handler import Operation
from jupyter_ml.server.responses import FileResponse, StreamingJSONResponse
from jupyter_ml.server.routes import BASE, ROUTES
from jupyter_ml.server.signatures import Error, signature_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["document", "text"]

REFERENCE = "#/components/schemas/{model}"
FILE = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
METHODS = ("get", "head", "post", "delete")


def _verbs() -> Iterator[tuple[str, str, type, Operation]]:
    for path, handler in ROUTES:
        for method in METHODS:
            description = getattr(getattr(handler, method), "operation", None)
            if isinstance(description, Operation):
                yield path, method, handler, description


def _used() -> Iterator[tuple[Any, Any, TypeAdapter[Any]]]:
    """Yield the types of bodies and answers, as pydantic wants them: a key, a mode, an adapter."""
    for told in (Error, JobChanged, JobProgressed, ExperimentChanged):  # all but the first by Jupyter's event stream
        yield told, "serialization", TypeAdapter(told)
    for _, _, _, operation in _verbs():
        shape = signature_of(operation.method)
        if shape.answer not in (None, FileResponse, StreamingJSONResponse):
            yield operation.operation_id, "serialization", TypeAdapter(shape.answer)
        if shape.body is not None:
            yield operation.operation_id, "validation", TypeAdapter(shape.body)


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    schemas, definitions = TypeAdapter.json_schemas(
        list(_used()), ref_template=REFERENCE, schema_generator=SchemaWriter
    )
    paths: dict[str, Any] = {}
    for path, method, handler, operation in _verbs():
        paths.setdefault(BASE + path, {})[method] = _operation(path, handler, operation, schemas)
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


def _operation(path: str, handler: type, operation: Operation, schemas: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "tags": [handler.auth_resource.partition(":")[2]],  # type: ignore[attr-defined]
        "parameters": [*_path_parameters(path), *_query_parameters(operation)],
        "responses": {**_answers(operation, schemas), "default": {"$ref": "#/components/responses/Error"}},
    }
    if signature_of(operation.method).body is not None:
        described["requestBody"] = {
            "required": True,
            "content": _content(schemas[operation.operation_id, "validation"]),
        }
    return described


def _content(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answers(operation: Operation, schemas: Any) -> dict[str, Any]:
    """Return what a verb answers, by status."""
    if signature_of(operation.method).answer is not FileResponse:
        return {str(operation.status): _answer(operation, schemas)}
    content = {} if operation.operation_id.startswith("describe") else {"content": FILE}
    return {
        "200": {"description": "The file", **content},
        "206": {"description": "The part that Range asks for, of the version that If-Range names", **content},
        "304": {"description": "The client has it already, as If-None-Match or If-Modified-Since tell"},
    }


def _answer(operation: Operation, schemas: Any) -> dict[str, Any]:
    kind = signature_of(operation.method).answer
    if kind is None:
        return {"description": "Done"}
    if kind is StreamingJSONResponse:
        return {"description": "Done", "content": _content({"type": "object", "additionalProperties": True})}
    answer: dict[str, Any] = {
        "description": "Done",
        "content": _content(schemas[operation.operation_id, "serialization"]),
    }
    if operation.location:
        answer["headers"] = {"Location": {"description": "Address of what was made", "schema": {"type": "string"}}}
    return answer


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    query = signature_of(operation.method).query
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
