# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Versioned assets: what data, environments, components and models have in common.

An asset is a name with versions. The content of a version never changes; its description, tags and labels do. An asset
is archived when all of its versions are.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from jupyter_ml.schemas.base import Schema, fixed_keys
from jupyter_ml.schemas.reference_parts import ASSET_NAME
from jupyter_ml.schemas.references import LATEST
from jupyter_ml.schemas.resources import EditableResource, ListQuery, ResourceCreate
from jupyter_ml.schemas.tags import MAX_TAGS
from jupyter_ml.schemas.text import Description, TagKey

__all__ = [
    "AssetCreate",
    "AssetName",
    "AssetQuery",
    "AssetSource",
    "AssetUpdate",
    "Label",
    "VersionedAsset",
]

AssetName = Annotated[str, StringConstraints(pattern=ASSET_NAME)]
Tags = Annotated[dict[TagKey, Description], Field(max_length=MAX_TAGS)]


def _not_latest(label: str) -> str:
    if label == LATEST:
        raise ValueError(f"{LATEST!r} is the label of the newest version, which is not set")
    return label


def _no_version_latest(version: str) -> str:
    if version == LATEST:
        raise ValueError(f"{LATEST!r} is the label of the newest version, not a version: choose another one")
    return version


Label = Annotated[AssetName, AfterValidator(_not_latest)]
Labels = Annotated[list[Label], Field(max_length=100)]


class AssetSource(Schema):
    """What created a version of an asset."""

    job: str | None = None
    """Name of the job."""
    notebook: str | None = None
    """Path of the notebook."""


class VersionedAsset(EditableResource):
    """A version of an asset."""

    version: str
    """A number, or a word that the user chose."""
    latest: bool
    """Whether it was created last of the versions that are not archived, or of all if all are archived."""
    labels: list[str]
    """Labels besides ``latest``; a label has one version of the asset."""
    tags: dict[str, str]
    properties: dict[str, str]
    """Further values, which never change."""
    created_by: str
    """Name of the user."""
    source: AssetSource | None = None
    """What created it; None for a user."""

    @property
    def reference(self) -> str:
        """``NAME:VERSION``."""
        return f"{self.name}:{self.version}"


class AssetCreate(ResourceCreate):
    """A version of an asset to create."""

    version: Annotated[AssetName, AfterValidator(_no_version_latest)] | None = None
    """A word, or a number above all that the asset has had; by default the next number."""
    tags: Tags = {}
    properties: Tags = {}
    """Further values, which never change."""
    labels: Labels = []
    """They move from the versions that have them."""


class AssetUpdate(Schema):
    """What to change of a version of an asset."""

    key_hints = fixed_keys(AssetCreate, "create another version")

    description: Description | None = None
    tags: dict[TagKey, Description | None] = Field(default={}, max_length=MAX_TAGS)
    """Tags to set; null removes one, and others are unchanged."""
    labels: Labels = []
    """All labels that it has then; they move from the versions that have them."""


class AssetQuery(ListQuery):
    """Which assets to list, each by its latest version, or which versions of one asset."""

    name: str | None = Field(default=None, max_length=256)
    """List the versions of this asset."""

    sort: Literal["name", "created_at"] = "created_at"
