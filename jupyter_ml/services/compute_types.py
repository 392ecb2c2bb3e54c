# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Describe the types of computes, with the forms that create them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.compute import registry
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_types import ComputeCreate, OtherCompute
from jupyter_ml.schemas.form_fields import JSON_TEXT, readable_fields, with_choices
from jupyter_ml.schemas.forms import ComputeType
from jupyter_ml.schemas.json_schema import plain

if TYPE_CHECKING:
    from pydantic import BaseModel

    from jupyter_ml.compute.base import Compute

__all__ = ["compute_types"]

FOR_OTHERS = ("pattern", "propertyNames")
"""Keywords that forms do not check, because the messages of the server are clearer."""


def compute_types() -> list[ComputeType]:
    """Return the types that installed packages provide; those that this machine can have are first."""
    return sorted(map(_described, registry.types()), key=lambda found: found.unavailable is not None)


def _described(name: str) -> ComputeType:
    try:
        kind = registry.find(name)
    except UnavailableError as error:
        return ComputeType(name=name, title=_title(name), unavailable=str(error), fields={"type": "object"}, ui={})
    model = ComputeCreate.variant({"type": name})
    schema, ui = _form(model, kind)
    about = (kind if model is OtherCompute else model).__doc__
    return ComputeType(
        name=name,
        title=kind.title or _title(name),
        description=plain(about).partition("\n\n")[0],
        stops=kind.capabilities.stops,
        attached=kind.capabilities.attached,
        scales=kind.capabilities.scales,
        logs=kind.capabilities.logs,
        unavailable=_missing(kind),
        fields=schema,
        ui=ui,
    )


def _missing(kind: type[Compute]) -> str | None:
    try:
        kind.require()
    except UnavailableError as error:
        return str(error)
    return None


def _form(model: type[BaseModel], kind: type[Compute]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return JSON Schema and uiSchema of the fields: those of the type are before those that all types have."""
    schema = _group(model)
    fields: dict[str, Any] = schema["properties"]
    del fields["type"]
    if "settings" in fields:
        fields["settings"] = {"title": "Settings", **_group(kind.Settings)}
    advanced = [name for name, field in fields.items() if field.pop("x-advanced", False)]
    common = [name for name in ComputeCreate.model_fields if name in fields and name != "name"]
    order = ["name", *(name for name in fields if name not in ("name", *common)), *common]
    schema["properties"] = {name: fields[name] for name in sorted(order, key=lambda name: name in advanced)}
    schema["required"].remove("type")
    widgets = {name: {"ui:widget": "select"} for name, field in fields.items() if field.get("oneOf")}
    return schema, {"ui:order": [*schema["properties"]], "advanced": advanced, **widgets}


def _group(model: type[BaseModel]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: _field(name, field) for name, field in readable_fields(model).items()},
        "additionalProperties": False,
        "required": [name for name, field in model.model_fields.items() if field.is_required()],
    }


def _field(name: str, field: dict[str, Any]) -> dict[str, Any]:
    return {"title": _title(name), **_shown(with_choices(field))}


def _shown(field: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with titles for all of its fields, and as JSON what forms have no widget for."""
    field = {key: value for key, value in field.items() if key not in FOR_OTHERS}
    if "type" not in field and "enum" not in field and "const" not in field:
        return {**{key: value for key, value in field.items() if key not in ("anyOf", "oneOf")}, **JSON_TEXT}
    if isinstance(field.get("items"), dict):
        field["items"] = _shown(field["items"])
    if "properties" in field:
        field["properties"] = {name: _field(name, inner) for name, inner in field["properties"].items()}
    if isinstance(field.get("additionalProperties"), dict):
        field["additionalProperties"] = _shown(field["additionalProperties"])
    elif field["type"] == "object" and "properties" not in field:
        field["additionalProperties"] = JSON_TEXT
    return field


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
