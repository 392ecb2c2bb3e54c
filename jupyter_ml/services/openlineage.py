# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Lineage as events of OpenLineage, version 2-0-2: https://openlineage.io/docs/spec/object-model."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.lineage import LineageEdge, NodeId
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["run_events"]

SPEC = "https://openlineage.io/spec"
PRODUCER = f"jupyter-ml:{__version__}"


def run_events(
    edges: Iterable[LineageEdge], namespace: str, run_id: Callable[[str], str | None]
) -> Iterator[dict[str, Any]]:
    """Yield one event for each job, in the order in which they appear in the lineage.

    Parameters
    ----------
    edges
        The lineage.
    namespace
        URI of the workspace.
    run_id
        Returns the id of the MLflow run of a job; None for one that was deleted.
    """
    jobs: dict[str, tuple[list[LineageEdge], list[LineageEdge]]] = {}
    for edge in edges:
        job, number = (edge.source, 1) if edge.role == "output" else (edge.target, 0)
        jobs.setdefault(job, ([], []))[number].append(edge)
    for job, (inputs, outputs) in jobs.items():
        name = NodeId.parse(job).name
        yield {
            "eventType": "COMPLETE",
            "eventTime": max(edge.time for edge in [*inputs, *outputs]).isoformat(),
            "producer": PRODUCER,
            "schemaURL": f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": str(_uuid(run_id(name), f"{namespace}/{name}"))},
            "job": {"namespace": namespace, "name": name},
            "inputs": [_dataset(namespace, edge.source) for edge in inputs],
            "outputs": [_dataset(namespace, edge.target) for edge in outputs],
        }


def _uuid(run_id: str | None, address: str) -> uuid.UUID:
    try:
        return uuid.UUID(run_id or "")
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, address)


def _dataset(namespace: str, node_id: str) -> dict[str, Any]:
    node = NodeId.parse(node_id)
    version = {
        "_producer": PRODUCER,
        "_schemaURL": f"{SPEC}/facets/1-0-1/DatasetVersionDatasetFacet.json",
        "datasetVersion": node.version,
    }
    return {"namespace": namespace, "name": f"{node.kind}/{node.name}", "facets": {"version": version}}
