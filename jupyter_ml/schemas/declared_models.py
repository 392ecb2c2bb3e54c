# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check the models with which a kind of resource is declared."""

from __future__ import annotations

from collections import Counter
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.resources import EditableResource, ListQuery, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.names import KindName

    Model = type[Schema] | None

__all__ = ["wrong_fields", "wrong_filter", "wrong_models", "wrong_sort", "wrong_type", "wrong_types", "wrong_versions"]

_GENERATED = {"archived", "created_at", "created_by", "latest", "revision"}
_INTERNAL = {"field_revisions", "id", "lifecycle_stage", "search"}
_ALIKE: dict[Any, set[type]] = {
    **{each: {each} for each in (str, int, bool, dict)},
    float: {int, float},
    list: {list},
    tuple: {list},
}
"""Classes of the values that a type reads."""
_NOT_SET = _GENERATED | _INTERNAL
"""Fields that operations set, and columns of every kind that are not fields."""


def wrong_type(what: str, given: Any, base: type, *, required: bool = True) -> Iterator[str]:
    """Yield what is wrong with a model that has to be a subclass of `base`."""
    if (given is not None or required) and not (isinstance(given, type) and issubclass(given, base)):
        yield f"{what} is {getattr(given, '__name__', repr(given))}, not a subclass of {base.__name__}"


def wrong_models(name: KindName, model: type[Resource], spec: Model, changes: Model) -> Iterator[str]:
    """Yield which models contradict the operations of a kind."""
    if name.operations & {"update", "create_or_update"} and not issubclass(model, EditableResource):
        yield f"is updated, but {model.__name__} is not an EditableResource"
    creates = bool(name.operations & {"create", "create_or_update"})
    updates = "update" in name.operations
    for operation, used, field, given in (("create", creates, "spec", spec), ("update", updates, "changes", changes)):
        if used != (given is not None):
            yield f"the operation {operation!r} and {field!r} belong together: give both or neither"


def wrong_fields(model: type[Resource], spec: Model, changes: Model) -> Iterator[str]:
    """Yield which fields of the models with which clients create and update resources are wrong."""
    for given, fixed in ((spec, _NOT_SET), (changes, _NOT_SET | {"name", "version"})):
        if given is None:
            continue
        for field in sorted(given.model_fields.keys() & fixed):
            yield f"{given.__name__} has the field {field!r}, which clients do not set: remove it"
        if unknown := given.model_fields.keys() - model.model_fields.keys():
            yield f"{given.__name__} has fields that {model.__name__} has not: {', '.join(sorted(unknown))}"
    for variant in spec.variants() if spec is not None else ():
        name = variant.model_fields["name"]
        if not name.is_required() or (name.annotation is str and not name.metadata):
            remedy = "leave its field 'name' to ResourceCreate, or give it a type with rules"
            yield f"{variant.__name__} takes any text as a name, or none: {remedy}"


def wrong_types(model: type[Resource], given: type[Schema]) -> Iterator[str]:
    """Yield which fields that clients set could not be read again: for kinds that store them as they are given."""
    for field in given.model_fields.keys() & model.model_fields.keys():
        types, read = (_classes(each.model_fields[field].annotation) for each in (given, model))
        if types and read and types.isdisjoint(read):
            yield f"{given.__name__} and {model.__name__} have different types of {field!r}"


def _classes(annotation: Any) -> set[type]:
    """Return the classes of the values of a field, besides None; none if its type has no class, e.g. ``Any``."""
    if get_origin(annotation) is Literal:
        return {type(value) for value in get_args(annotation)}
    if get_origin(annotation) in (Union, UnionType):
        members = [_classes(member) for member in get_args(annotation) if member is not type(None)]
        return set().union(*members) if all(members) else set()
    if get_origin(annotation) is Annotated:
        return _classes(get_args(annotation)[0])
    return _ALIKE.get(get_origin(annotation) or annotation, set())


def wrong_sort(model: type[Resource], query: type[ListQuery]) -> Iterator[str]:
    """Yield what is wrong with the columns by which lists are sorted."""
    sort = query.model_fields["sort"]
    keys = get_args(sort.annotation) if get_origin(sort.annotation) is Literal else ()
    if not keys and not sort.metadata:
        yield f"{query.__name__} sorts by any text: declare sort as a Literal of fields"
    for key in keys:
        if key not in model.model_fields:
            yield f"{query.__name__} sorts by {key!r}, which {model.__name__} does not have"
    if keys and sort.default not in keys:
        yield f"{query.__name__} sorts by {sort.default!r} by default, which is not one of {', '.join(keys)}"


def wrong_filter(query: type[ListQuery]) -> Iterator[str]:
    """Yield what is wrong with the keys of the filter of lists."""
    for key, count in Counter(key.name for key in query.filter_keys).items():
        if count > 1:
            yield f"{query.__name__} has two filter keys {key!r}"


def wrong_versions(
    name: KindName, model: type[Resource], query: type[ListQuery], spec: Model, changes: Model
) -> Iterator[str]:
    """Yield which models of a versioned kind are not those of versioned assets."""
    if not name.versioned:
        if issubclass(model, VersionedAsset):
            yield f"{model.__name__} has versions, but the kind is not versioned"
        return
    for given, base in ((model, VersionedAsset), (query, AssetQuery), (spec, AssetCreate), (changes, AssetUpdate)):
        if given is not None and not issubclass(given, base):
            yield f"is versioned, but {given.__name__} is not a subclass of {base.__name__}"
