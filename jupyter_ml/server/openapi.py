# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Generate the OpenAPI document from the routes: ``python -m jupyter_ml.server.openapi FILE`` writes it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from jupyter_ml.schemas.json_schema import SchemaWriter, fields
from jupyter_ml.server.event_schemas import MODELS
from jupyter_ml.server.responses import ArchiveResponse, FileResponse, StreamingJSONResponse
from jupyter_ml.server.routes import BASE, ROUTES, operations_of
from jupyter_ml.server.signatures import Error, signature_of
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.server.operations import Operation

__all__ = ["document", "text"]

REFERENCE = "#/components/schemas/{model}"
FILE = {"*/*": {"schema": {"type": "string", "format": "binary"}}}


def _types() -> Iterator[tuple[Any, Any, TypeAdapter[Any]]]:
    """Yield the types of bodies and results for pydantic: a key, a mode, an adapter."""
    models: list[type[Schema]] = [Error, *MODELS.values()]
    for model in models:
        yield model, "serialization", TypeAdapter(model)
    for _, _, operation in operations_of(ROUTES):
        signature = signature_of(operation)
        if signature.result not in (None, ArchiveResponse, FileResponse, StreamingJSONResponse):
            yield operation.operation_id, "serialization", TypeAdapter(signature.result)
        if signature.body is not None:
            yield operation.operation_id, "validation", TypeAdapter(signature.body)


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    schemas, definitions = TypeAdapter.json_schemas(
        list(_types()), ref_template=REFERENCE, schema_generator=SchemaWriter
    )
    paths: dict[str, Any] = {}
    handlers = dict(ROUTES)
    for path, method, operation in operations_of(ROUTES):
        paths.setdefault(BASE + path, {})[method] = _operation(path, handlers[path], operation, schemas)
    generated = {
        "openapi": "3.1.0",
        "info": {
            "title": "Jupyter ML",
            "version": __version__,
            "description": "Jobs and other resources of a workspace. Changes are emitted on Jupyter's event stream.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
            "responses": {"Error": {"description": "Error", "content": _content(schemas[Error, "serialization"])}},
            "schemas": definitions["$defs"],
        },
    }
    return json.loads(_renamed(json.dumps(generated)))  # type: ignore[no-any-return]


def _renamed(text: str) -> str:
    """Return the document with readable names: ``JobPage`` for ``Page_Job_``, ``JobInput`` for ``Job-Input``."""
    return re.sub(r"\bPage_(\w+?)_(?=\")", r"\1Page", text).replace("-Output", "").replace("-Input", "Input")


def _operation(path: str, handler: type, operation: Operation, schemas: Any) -> dict[str, Any]:
    description: dict[str, Any] = {
        "operationId": operation.operation_id,
        "summary": operation.summary,
        "tags": [handler.auth_resource.partition(":")[2]],  # type: ignore[attr-defined]
        "parameters": [*_path_parameters(path), *_query_parameters(operation)],
        "responses": {**_responses(operation, schemas), "default": {"$ref": "#/components/responses/Error"}},
    }
    if operation.reads:
        description["x-reads"] = operation.reads
    if signature_of(operation).body is not None:
        description["requestBody"] = {
            "required": True,
            "content": _content(schemas[operation.operation_id, "validation"]),
        }
    return description


def _content(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _responses(operation: Operation, schemas: Any) -> dict[str, Any]:
    """Return the responses of an operation by status."""
    if signature_of(operation).result is not FileResponse:
        statuses = {operation.status, 201} if operation.location else {operation.status}
        return {str(status): _response(operation, schemas, status) for status in sorted(statuses)}
    content = {} if operation.operation_id.startswith("describe") else {"content": FILE}
    return {
        "200": {"description": "The file", **content},
        "206": {"description": "The requested range, if the file matches If-Range", **content},
        "304": {"description": "Not modified, according to If-None-Match or If-Modified-Since"},
    }


def _response(operation: Operation, schemas: Any, status: int) -> dict[str, Any]:
    result = signature_of(operation).result
    if result is None:
        return {"description": "Success"}
    if result is ArchiveResponse:
        return {"description": "The archive", "content": {"application/zip": FILE["*/*"]}}
    if result is StreamingJSONResponse:
        return {"description": "Success", "content": _content({"type": "object", "additionalProperties": True})}
    response: dict[str, Any] = {
        "description": "Success",
        "content": _content(schemas[operation.operation_id, "serialization"]),
    }
    if status == 201:
        response["headers"] = {"Location": {"description": "URL of the created resource", "schema": {"type": "string"}}}
    return response


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    query = signature_of(operation).query
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
