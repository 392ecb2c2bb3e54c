# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Write models as JSON Schema for users: docstrings as descriptions, no references, no titles derived from names."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["SchemaWriter", "attribute_docstrings", "fields", "plain", "written_fields"]


class SchemaWriter(GenerateJsonSchema):
    """Write JSON Schema without the titles that pydantic derives from names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002, D102 -- inherited
        return False

    def model_schema(self, schema: Any) -> dict[str, Any]:
        """Write a model's schema, with the docstring below each of its fields."""
        made = super().model_schema(schema)
        told = attribute_docstrings(schema["cls"])
        for name, field in made.get("properties", {}).items():
            if name in told:
                field["description"] = told[name]
        return made


def plain(docstring: str | None) -> str:
    """Return a docstring's paragraphs as Markdown, each in one line."""
    paragraphs = inspect.cleandoc(docstring or "").replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


@cache
def attribute_docstrings(kind: type) -> dict[str, str]:
    """Return the docstrings below the attributes of a class and of its bases."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("jupyter_ml") and "[" not in base.__name__:  # Page[Job] has no source, Page has
            found |= _below_attributes(base)
    return found


def _below_attributes(kind: type) -> dict[str, str]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for before, after in zip(definition.body, definition.body[1:], strict=False):
        target = before.target if isinstance(before, ast.AnnAssign) else None
        if isinstance(before, ast.Assign):
            target = before.targets[0]  # type: ignore[assignment]
        if isinstance(target, ast.Name) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[target.id] = plain(str(after.value.value))
    return found


def fields(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the schema of each field, without references and without null: an optional field can be left out."""
    schema = model.model_json_schema(schema_generator=SchemaWriter)
    return {name: _inlined(field, schema.get("$defs", {}), null=False) for name, field in schema["properties"].items()}


def written_fields(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the schema of each field as it is written, without references; a reader accepts further fields."""
    schema = model.model_json_schema(schema_generator=SchemaWriter, mode="serialization")
    return {
        name: _open(_inlined(field, schema.get("$defs", {}), null=True)) for name, field in schema["properties"].items()
    }


def _open(schema: Any) -> Any:
    """Return a schema without what is for writers and forms."""
    if isinstance(schema, list):
        return [_open(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _open(field) for name, field in value.items()} if key == "properties" else _open(value)
        for key, value in schema.items()
        if key not in ("title", "default") and (key, value) != ("additionalProperties", False)
    }


def _inlined(part: Any, definitions: dict[str, Any], *, null: bool) -> Any:
    if isinstance(part, list):
        return [_inlined(item, definitions, null=null) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        rest = {key: value for key, value in part.items() if key != "$ref"}
        return _inlined(definitions[part["$ref"].rpartition("/")[2]] | rest, definitions, null=null)
    branches = [branch for branch in part.get("anyOf", []) if branch != {"type": "null"}]
    if len(branches) == 1 and not null:
        rest = {key: value for key, value in part.items() if key != "anyOf" and (key, value) != ("default", None)}
        return _inlined(branches[0], definitions, null=null) | rest
    return {key: _inlined(value, definitions, null=null) for key, value in part.items()}
