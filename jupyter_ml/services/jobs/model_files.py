# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read ``MLmodel``, the file that describes a model of MLflow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ml.errors import InvalidInputError, TooLargeError
from jupyter_ml.schemas.run_details import ModelColumn, ModelSignature
from jupyter_ml.schemas.yaml import MAX_BYTES, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MODEL_FILE", "describe_model", "load_model_file", "read_model_file"]

MODEL_FILE = "MLmodel"
MAX_COLUMNS = 1_000


def read_model_file(file: BinaryIO) -> dict[str, Any]:
    """Return flavors, signature and size of a model, as fields of `LoggedModel`.

    Raises
    ------
    InvalidInputError
        If it is not such a file.
    """
    return describe_model(load_model_file(file))


def load_model_file(file: BinaryIO) -> dict[str, Any]:
    """Return what an ``MLmodel`` file contains; InvalidInputError if it is not such a file."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise TooLargeError(f"{MODEL_FILE} has more than {MAX_BYTES} bytes")
    try:
        data: dict[str, Any] = read(content.decode(), MODEL_FILE).data
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{MODEL_FILE} is not text in UTF-8") from error
    return data


def describe_model(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return flavors, signature and size of a model, given the content of its ``MLmodel`` file."""
    size = data.get("model_size_bytes")
    return {
        "flavors": dict(_flavors(data.get("flavors"))),
        "signature": _signature(data.get("signature")),
        "size_bytes": size if isinstance(size, int) and size >= 0 else None,
    }


def _flavors(flavors: Any) -> Iterator[tuple[str, str]]:
    for name, settings in flavors.items() if isinstance(flavors, dict) else ():
        values = settings if isinstance(settings, dict) else {}
        own = f"{name}_version"  # e.g. sklearn_version; python_function has the version of Python
        version = values.get(own, values.get("python_version" if name == "python_function" else own))
        yield name, "" if version is None else str(version)[:100]


def _signature(signature: Any) -> ModelSignature | None:
    if not isinstance(signature, dict):
        return None
    columns = {part: [*_columns(signature.get(part))] for part in ("inputs", "outputs", "params")}
    return ModelSignature(**columns) if any(columns.values()) else None


def _columns(text: Any) -> Iterator[ModelColumn]:
    """Yield the columns of a part of a signature, which is a JSON text."""
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        return
    for column in (found if isinstance(found, list) else [])[:MAX_COLUMNS]:
        if isinstance(column, dict):
            name = column.get("name")
            required = column.get("required", "default" not in column) is True
            yield ModelColumn(name=None if name is None else str(name)[:500], type=_type(column), required=required)


def _type(column: Mapping[str, Any], depth: int = 3) -> str:
    kind, tensor = column.get("type"), column.get("tensor-spec")
    if isinstance(tensor, dict):
        return f"{tensor.get('dtype')}{tensor.get('shape')}"[:200]
    inner = column.get("items")
    if kind == "array" and isinstance(inner, dict) and depth:
        return f"array({_type(inner, depth - 1)})"
    return str(kind)[:200]
