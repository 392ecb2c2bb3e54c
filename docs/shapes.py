# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Markdown tables of pydantic models, with a row for each field and its docstring."""

from __future__ import annotations

import json
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticUndefined

from jupyter_ml.schemas.json_schema import attribute_docstrings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["code", "fields_table", "table"]

HOMES = {
    "Cause": "job.md#cause",
    "ClockReading": "events.md#clockreading",
    "CommandJob": "job-yaml.md#command-job",
    "Build": "job-yaml.md#build",
    "DataInput": "job-yaml.md#datainput",
    "Definition": "job-yaml.md#definition",
    "Distribution": "job-yaml.md#distribution",
    "InlineEnvironment": "job-yaml.md#inlineenvironment",
    "JobWarning": "job.md#jobwarning",
    "InputRecord": "job.md#inputrecord",
    "OutputRecord": "job.md#outputrecord",
    "PendingRequest": "job.md#pendingrequest",
    "Job": "job.md#job",
    "Limits": "job-yaml.md#limits",
    "JobResources": "job-yaml.md#jobresources",
    "NotebookJob": "job-yaml.md#notebook-job",
    "OutputSpec": "job-yaml.md#outputspec",
    "Progress": "job.md#progress",
    "ProgressBar": "job.md#progressbar",
    "Usage": "job.md#usage",
}
"""The section that describes each nested model; others are described on the same page."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def code(text: str) -> str:
    """Return text as inline code."""
    return f"`{text}`" if text else ""


def fields_table(model: type[BaseModel], names: Iterable[str] | None = None, prefix: str = "") -> str:
    """Return a table of a model's fields, or of those in `names`; `prefix` is prepended to each name."""
    properties = _schema(model)["properties"]
    rows = [
        [code(prefix + name), _type(properties[name]), _default(model, name), attribute_docstrings(model).get(name, "")]
        for name in (model.model_fields if names is None else names)
    ]
    return table(["Key", "Type", "Default", "Meaning"], rows)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = TypeAdapter(model).json_schema()
    definitions = schema.get("$defs", {})

    def inlined(part: Any) -> Any:  # enumerations are short: only models remain references
        if isinstance(part, list):
            return [inlined(item) for item in part]
        if not isinstance(part, dict):
            return part
        target = definitions.get(str(part.get("$ref", "")).rpartition("/")[2])
        if target is not None and "properties" not in target:
            return inlined(target)
        return {key: inlined(value) for key, value in part.items()}

    return {"properties": inlined(schema["properties"])}


def _default(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    default = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "required"
    if default is None or default in ({}, []) or isinstance(default, BaseModel):
        return ""
    return code(default.value if isinstance(default, Enum) else json.dumps(default).strip('"'))


def _type(schema: dict[str, Any]) -> str:
    """Return a description of a JSON schema's type."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}]({HOMES.get(name, f'#{name.lower()}')})"
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        return " or ".join(map(code, schema["enum"]))
    branches = [branch for key in ("anyOf", "oneOf") for branch in schema.get(key, []) if branch.get("type") != "null"]
    if branches:
        return " or ".join(dict.fromkeys(map(_type, branches)))
    return _plain_type(schema)


def _plain_type(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object":
        patterns = schema.get("patternProperties")
        values = next(iter(patterns.values())) if patterns else schema.get("additionalProperties")
        return f"mapping to {_type(values)}" if isinstance(values, dict) else "mapping"
    if kind == "string":
        pattern = f" like {code(schema['pattern'])}" if "pattern" in schema else ""
        text = "time (UTC)" if schema.get("format") == "date-time" else "text"
        return f"{text}{pattern}{_bounds(schema, 'minLength', 'maxLength', ' characters')}"
    word = {"integer": "whole number", "number": "number", "boolean": "true or false"}.get(str(kind), "any value")
    return f"{word}{_bounds(schema, 'minimum', 'maximum')}"


def _bounds(schema: dict[str, Any], least: str, most: str, unit: str = "") -> str:
    low, high = schema.get(least), schema.get(most)
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']:,}"
    if low is not None and high is not None:
        return f", {low:,} to {high:,}{unit}"
    if high is not None:
        return f", up to {high:,}{unit}"
    return f", {low:,} or more{unit}" if low is not None else ""
