# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the routes of a kind of resource: a collection, its items and their versions, and actions on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler
from jupyter_ml.server.operations import OperationSignature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_ml.schemas.resources import RevisionQuery
    from jupyter_ml.server.routed_kinds import RoutedKind

    Method = Callable[..., Any]

__all__ = ["require_name", "resource_routes"]


def resource_routes(kind: RoutedKind, *own: tuple[str, type[Handler]]) -> tuple[tuple[str, type[Handler]], ...]:
    """Return the path and the handler of each route of a kind.

    Each kind has classes of its own, because Jupyter's `authorized` remembers the first resource that it sees.

    Parameters
    ----------
    kind
        Kind, whose operations get a route each.
    own
        Path and handler of the operations that only this kind has; a handler of a path that has further operations
        gets those too that it does not define itself.
    """
    handlers = dict(own)
    for path, method, handle in _operations(kind):
        handler = handlers.setdefault(path, _handler(kind))
        if not hasattr(getattr(handler, method), "operation"):
            setattr(handler, method, handle)
    return tuple(handlers.items())


def _handler(kind: RoutedKind) -> type[Handler]:
    class ResourceHandler(Handler):
        auth_resource = kind.auth_resource

    return ResourceHandler


def require_name(body: Any, name: str) -> None:
    """Raise InvalidInputError if the spec of a resource has another name than its path."""
    if body.name != name:
        raise InvalidInputError(f"name: must be {name!r} as in the path (got {body.name!r})", field="name")


@dataclass(frozen=True)
class _Target:
    """What operations are about: a resource, an asset with all its versions, or one version."""

    path: str
    one: str
    """In prose, where an operation has one result."""
    each: str
    """In prose, where an operation is on all versions of an asset."""
    suffix: str = ""
    """After the id of the operation."""


def _operations(kind: RoutedKind) -> Iterator[tuple[str, str, Method]]:
    """Yield the path, the HTTP method and the method of the handler for each operation of the kind."""
    collection, name = f"/{kind.name.segment}", kind.name
    item = f"{collection}/{{name}}"
    if "list" in name.operations:
        yield collection, "get", _list(kind)
        yield f"/filters/{name.command}", "get", _check_filter(kind)
    if "create" in name.operations:
        yield collection, "post", _create(kind)
    if not name.versioned:
        yield from _item_operations(kind, _Target(item, f"one {name.title}", f"one {name.title}"), *name.operations)
        return
    asset = _Target(item, f"the latest version of one {name.title}", f"all versions of one {name.title}")
    version = f"one version of one {name.title}"
    yield from _item_operations(kind, asset, *(name.operations - {"update"}))  # an update concerns one version
    if "list" in name.operations:
        yield f"{item}/versions", "get", _list_versions(kind)
    target = _Target(f"{item}/versions/{{version}}", version, version, "Version")
    yield from _item_operations(kind, target, *name.operations)


def _item_operations(kind: RoutedKind, target: _Target, *operations: str) -> Iterator[tuple[str, str, Method]]:
    built: dict[str, tuple[str, str, Callable[[RoutedKind, _Target], Method]]] = {
        "get": (target.path, "get", _get),
        "create_or_update": (target.path, "put", _create_or_update),
        "update": (target.path, "patch", _update),
        "delete": (target.path, "delete", _delete),
        "archive": (f"{target.path}/archive", "post", _archive),
        "restore": (f"{target.path}/restore", "post", _restore),
    }
    for action, (path, method, build) in built.items():
        if action in operations:
            yield path, method, build(kind, target)


def _reference(name: str, version: str | None) -> str:
    return name if version is None else f"{name}:{version}"


def _list(kind: RoutedKind) -> Method:
    @operation(
        kind.operation_id("list"),
        large=True,
        signature=kind.page,
        summary=f"Return one page of the {kind.name.titles} that match the query",
    )
    def get(self: Handler, query: Any) -> Any:
        return kind.service(self.workspace).list(query, wait=False)

    return get


def _check_filter(kind: RoutedKind) -> Method:
    def signature() -> OperationSignature:
        from jupyter_ml.schemas.filter_checks import FilterCheck, FilterCheckQuery

        return OperationSignature(FilterCheckQuery, None, FilterCheck)

    @operation(
        f"{kind.operation_id('check')}Filter",
        signature=signature,
        summary=f"Return how a filter of {kind.name.titles} can be completed, and what is wrong with it",
    )
    def get(self: Handler, query: Any) -> Any:
        return self.workspace.filters.check(kind.name.singular, query)

    return get


def _list_versions(kind: RoutedKind) -> Method:
    @operation(
        f"list{kind.operation_id('')}Versions",
        large=True,
        signature=kind.page,
        summary=f"Return one page of the versions of one {kind.name.title} that match the query",
    )
    def get(self: Handler, name: str, query: Any) -> Any:
        return kind.service(self.workspace).versions(name, query)

    return get


def _create(kind: RoutedKind) -> Method:
    path = "/versions/{version}" if kind.name.versioned else ""

    @operation(
        kind.operation_id("create"),
        status=201,
        location=f"/{kind.name.segment}/{{name}}{path}",
        signature=kind.creation,
        summary=f"Create one {'version of one ' if path else ''}{kind.name.title}",
    )
    def post(self: Handler, body: Any) -> Any:
        return kind.service(self.workspace).create(body)

    return post


def _create_or_update(kind: RoutedKind, target: _Target) -> Method:
    @operation(
        kind.operation_id("create_or_update"),
        location=f"/{kind.name.segment}/{{name}}",
        signature=kind.replacement,
        summary=f"Create {target.one}, or replace the fields that its creation has",
    )
    def put(self: Handler, name: str, query: RevisionQuery, body: Any) -> Any:
        from jupyter_ml.server.responses import Created

        require_name(body, name)
        resource, is_new = kind.service(self.workspace).save(body, revision=query.revision)
        return Created(resource) if is_new else resource

    return put


def _get(kind: RoutedKind, target: _Target) -> Method:
    @operation(kind.operation_id("get") + target.suffix, signature=kind.item, summary=f"Return {target.one}")
    def get(self: Handler, name: str, version: str | None = None) -> Any:
        return kind.service(self.workspace).get(_reference(name, version))

    return get


def _update(kind: RoutedKind, target: _Target) -> Method:
    @operation(
        kind.operation_id("update") + target.suffix,
        signature=kind.update,
        summary=f"Change the given fields of {target.one}",
    )
    def patch(self: Handler, name: str, query: RevisionQuery, body: Any, version: str | None = None) -> Any:
        return kind.service(self.workspace).update(_reference(name, version), body, revision=query.revision)

    return patch


def _delete(kind: RoutedKind, target: _Target) -> Method:
    @operation(
        kind.operation_id("delete") + target.suffix,
        status=204,
        signature=kind.deletion,
        summary=f"Delete {target.each}",
    )
    def delete(self: Handler, name: str, version: str | None = None) -> None:
        kind.service(self.workspace).delete(_reference(name, version))

    return delete


def _archive(kind: RoutedKind, target: _Target) -> Method:
    @operation(kind.operation_id("archive") + target.suffix, signature=kind.item, summary=f"Archive {target.each}")
    def post(self: Handler, name: str, version: str | None = None) -> Any:
        return kind.service(self.workspace).archive(_reference(name, version))

    return post


def _restore(kind: RoutedKind, target: _Target) -> Method:
    @operation(
        kind.operation_id("restore") + target.suffix,
        signature=kind.item,
        summary=f"Restore {target.each} from the archive",
    )
    def post(self: Handler, name: str, version: str | None = None) -> Any:
        return kind.service(self.workspace).restore(_reference(name, version))

    return post
