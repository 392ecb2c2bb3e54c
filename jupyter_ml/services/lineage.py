# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a job or an asset came from, and what uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, JupyterMLError, NotFoundError
from jupyter_ml.schemas.assets import VersionedAsset
from jupyter_ml.schemas.lineage import NOTEBOOK, Lineage, LineageEdge, LineageNode, LineageQuery, NodeId
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import AssetRef
from jupyter_ml.schemas.validation import validated
from jupyter_ml.services.openlineage import run_events

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.resources import BaseResourceService
    from jupyter_ml.store.lineage import LineageStore, Side

__all__ = ["LineageService"]

MAX_EDGES = 1_000
"""Read for each step away from a node."""

_EdgeKey = tuple[str, str, str, str]


class LineageService:
    """The lineage of a workspace, which the system records: there is nothing to call.

    Parameters
    ----------
    context
        The workspace.
    services
        Returns the services of all kinds of resources, by the singular of the kind.
    """

    def __init__(
        self, context: WorkspaceContext, services: Callable[[], Mapping[str, BaseResourceService[Any, Any]]]
    ) -> None:
        self._store = context.store.lineage
        self._workspace = context.settings.name
        self._namespace = f"jupyter-ml://{self._workspace}"
        self._services = services

    def get(self, reference: str, *, kinds: Collection[str] | None = None, **options: Any) -> Lineage:
        """Return what is around a job or a version of an asset.

        Parameters
        ----------
        reference
            ``azureml:NAME:VERSION``, ``azureml://models/NAME/versions/VERSION``, the name of a job, or a node's id.
        kinds
            Singulars of the kinds that are read, all by default; what is behind a node of another one is left out.
        options
            ``up`` and ``down``: whether to follow what it came from, and what uses it. ``depth``: how many edges, 2 by
            default. ``limit``: how many nodes, 200 by default.

        Raises
        ------
        NotFoundError
            If there is no such job or asset, and no lineage of one that was deleted.
        InvalidInputError
            If several kinds of assets have one of that name.
        """
        query = validated(LineageQuery, {"reference": reference, **options})
        services = {kind: each for kind, each in self._services().items() if kinds is None or kind in kinds}
        shown = {*services, *(() if kinds is not None and NOTEBOOK not in kinds else (NOTEBOOK,))}
        return _Graph(self._store, services, shown, self._workspace).around(query)

    def export(self) -> Iterator[dict[str, Any]]:
        """Yield an event of OpenLineage for each job that has a lineage."""
        return run_events(self._store.all(), self._namespace, self._run_id)

    def _run_id(self, job: str) -> str | None:
        try:
            run_id: str | None = self._services()["job"].get(job).run_id
        except JupyterMLError:
            return None
        return run_id


class _Graph:
    """The part of the lineage that consists of some kinds.

    Parameters
    ----------
    store
        The edges.
    services
        The services of these kinds, by their singulars.
    kinds
        These kinds, and that of notebooks if they are read.
    workspace
        Name of this workspace.
    """

    def __init__(
        self,
        store: LineageStore,
        services: Mapping[str, BaseResourceService[Any, Any]],
        kinds: Collection[str],
        workspace: str,
    ) -> None:
        self._store, self._services, self._kinds, self._workspace = store, services, kinds, workspace

    def around(self, query: LineageQuery) -> Lineage:
        """Return what is around a node."""
        start = str(self._node(query.reference))
        nodes, edges = [start], dict[_EdgeKey, LineageEdge]()
        if query.up:
            self._follow(start, "target", query, nodes, edges)
        if query.down:
            self._follow(start, "source", query, nodes, edges)
        known = set(nodes)
        shown = [edge for edge in edges.values() if {edge.source, edge.target} <= known]
        shown.sort(key=lambda edge: edge.time)
        return Lineage(id=start, nodes=self._described(nodes), edges=shown)

    def _follow(
        self, start: str, side: Side, query: LineageQuery, nodes: list[str], edges: dict[_EdgeKey, LineageEdge]
    ) -> None:
        """Add the nodes and edges in one direction, those of the nearest nodes first."""
        frontier, reached = [start], {start}
        for _ in range(query.depth):
            following = []
            for edge in self._store.edges(frontier, side, kinds=self._kinds, limit=MAX_EDGES):
                edges[edge.source, edge.target, edge.role, edge.label] = edge
                node = edge.target if side == "source" else edge.source
                if node not in reached:
                    reached.add(node)
                    following.append(node)
            new = [node for node in following if node not in nodes]
            nodes += new[: query.limit - len(nodes)]
            frontier = following
            if not frontier or len(nodes) >= query.limit:
                return

    def _described(self, nodes: list[str]) -> list[LineageNode]:
        kinds = self._kinds
        sources, targets = self._store.degrees(nodes, "target", kinds), self._store.degrees(nodes, "source", kinds)
        return [
            self._describe(NodeId.parse(node), sources=sources.get(node, 0), targets=targets.get(node, 0))
            for node in nodes
        ]

    def _describe(self, node: NodeId, **degrees: int) -> LineageNode:
        reference = f"{node.name}:{node.version}" if node.version else node.name
        values: dict[str, Any] = {**node._asdict(), **degrees, "id": str(node), "title": reference}
        if node.kind == NOTEBOOK:
            return LineageNode(**values)
        try:
            found = self._services[node.kind].get(reference)
        except (KeyError, NotFoundError):
            return LineageNode(**values, deleted=True)
        title = getattr(found, "display_name", None) or reference
        return LineageNode(**{**values, "title": title, "state": getattr(found, "state", None)})

    def _node(self, text: str) -> NodeId:
        kind, _, rest = text.partition(":")
        if kind in self._kinds and rest:
            node = NodeId.parse(text)
            if self._store.degrees([text], "source") or self._store.degrees([text], "target"):
                return node
            if kind == NOTEBOOK:
                raise NotFoundError(f"no lineage is recorded of notebook {rest!r}")
            return self._existing(kind, rest)
        reference = require_here(AssetRef.parse(text), self._workspace)
        found = list(self._candidates(reference))
        if not found:
            raise NotFoundError(f"there is no job and no asset {text!r}")
        if len(found) > 1:
            ids = " or ".join(map(str, found))
            raise InvalidInputError(f"{text!r} may be several things: write {ids}", field="reference")
        return found[0]

    def _candidates(self, reference: AssetRef) -> Iterator[NodeId]:
        for kind, service in self._services.items():
            if reference.kind not in (None, service.kind.plural):
                continue
            if not service.kind.name.versioned and (kind != "job" or not reference.is_whole):
                continue
            try:
                yield self._existing(kind, reference.short)
            except NotFoundError:
                continue

    def _existing(self, kind: str, reference: str) -> NodeId:
        resource = self._services[kind].get(reference)
        version = resource.version if isinstance(resource, VersionedAsset) else None
        return NodeId(kind, resource.name, version)
