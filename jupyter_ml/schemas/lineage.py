# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Lineage: which jobs, notebooks and assets something came from, and which ones use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from jupyter_ml.schemas.base import Schema, Time
from jupyter_ml.schemas.names import NAMES
from jupyter_ml.schemas.references import AssetRef

if TYPE_CHECKING:
    from jupyter_ml.schemas.assets import AssetSource

__all__ = [
    "MAX_DEPTH",
    "NOTEBOOK",
    "Lineage",
    "LineageEdge",
    "LineageNode",
    "LineageQuery",
    "LineageRole",
    "NodeId",
    "creator_of",
]

MAX_DEPTH = 10
NOTEBOOK = "notebook"
"""Kind of a node that is a notebook, whose name is its path."""
LineageRole = Literal["input", "environment", "read", "output"]
"""A job was given it as an input, ran in it, read it by its name in code, or made it."""


class NodeId(NamedTuple):
    """A job, a notebook, or a version of an asset."""

    kind: str
    """Singular, e.g. ``data``."""
    name: str
    version: str | None = None
    """None for a job or a notebook."""

    @classmethod
    def of_asset(cls, kind: str, reference: str) -> NodeId:
        """Return the node of a version of an asset.

        Parameters
        ----------
        kind
            Plural of its kind.
        reference
            E.g. ``azureml:titanic:3``.
        """
        asset = AssetRef.parse(reference)
        return cls(next(name.singular for name in NAMES if name.plural == kind), asset.name, asset.version)

    def __str__(self) -> str:
        return ":".join(part for part in self if part is not None)

    @classmethod
    def parse(cls, text: str) -> NodeId:
        """Return the node of a text that `str` made."""
        kind, _, rest = text.partition(":")
        if kind == NOTEBOOK:
            return cls(kind, rest)
        name, _, version = rest.partition(":")
        return cls(kind, name, version or None)


def creator_of(source: AssetSource | None) -> NodeId | None:
    """Return the node of the job or notebook that created an asset."""
    if source is None:
        return None
    if source.job is not None:
        return NodeId("job", source.job)
    return NodeId(NOTEBOOK, source.notebook) if source.notebook is not None else None


class LineageNode(Schema):
    """A job, a notebook or a version of an asset."""

    id: str
    """``job:NAME``, ``notebook:PATH`` or ``KIND:NAME:VERSION``."""
    kind: str
    name: str
    version: str | None = None
    title: str
    """Display name of a job; name and version of an asset; of a notebook, its contents path below the server's root."""
    state: str | None = None
    """Of a job."""
    deleted: bool = False
    """Whether only its lineage is left."""
    sources: int = 0
    """Number of nodes that it came from directly, shown or not."""
    targets: int = 0
    """Number of nodes that use it directly, or that it created, shown or not."""


class LineageEdge(Schema):
    """That one came from the other."""

    source: str
    """The id of what was used, or of the job that created something."""
    target: str
    """The id of the job that used it, or of what it created."""
    role: LineageRole
    label: str = ""
    """Name of the input or output of the job."""
    time: Time


class Lineage(Schema):
    """What is around a job or an asset."""

    id: str
    """Of the node that was asked for."""
    nodes: list[LineageNode]
    """That node first, then those nearer to it first; at most 200."""
    edges: list[LineageEdge]
    """The oldest first."""


class LineageQuery(Schema):
    """Around what, how far, and in which directions."""

    reference: str = Field(max_length=4_096)
    """A version of an asset, e.g. ``azureml:titanic:1``, or the name of a job."""
    up: bool = True
    """Follow what it came from."""
    down: bool = True
    """Follow what uses it."""
    depth: int = Field(default=2, ge=1, le=MAX_DEPTH)
    """Edges from it to the farthest node."""
    limit: int = Field(default=200, ge=1, le=1_000)
    """How many nodes, the nearest first."""
