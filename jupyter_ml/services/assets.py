# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The operations that every kind of versioned asset has in the Python API."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_ml.schemas.assets import AssetQuery, AssetSource, VersionedAsset
from jupyter_ml.schemas.reference_parts import as_text
from jupyter_ml.services.asset_source import current_source
from jupyter_ml.services.resources import ResourceService

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.resources import Page

__all__ = ["AssetService"]

A = TypeVar("A", bound=VersionedAsset)
Q = TypeVar("Q", bound=AssetQuery)


class AssetService(ResourceService[A, Q]):
    """The versioned assets of one kind in a workspace.

    A name is a reference: ``NAME`` is the latest version of an asset, and all its versions where they are archived,
    restored or deleted; ``NAME:VERSION`` and ``NAME@LABEL`` are one version, which an update requires. ``azureml:`` may
    precede them.
    """

    def versions(self, name: str, query: Q | Mapping[str, Any] | None = None) -> Page[A]:
        """Return one page of the versions of an asset; by default the newest that are not archived."""
        return self.list(self._query(query).model_copy(update={"name": as_text(name)}))

    def create(self, spec: Schema | Mapping[str, Any], *, source: AssetSource | None = None) -> A:
        """Create a version of an asset.

        Parameters
        ----------
        spec
            The version. Without a number, it gets the one after the highest.
        source
            The job or notebook that creates it.

        Raises
        ------
        ConflictError
            If the version exists; ``current`` is the version as it is. Or if it is a number that is not above all that
            the asset has had.
        """
        return self._create(spec, source)

    def _create(self, spec: Schema | Mapping[str, Any], source: AssetSource | None, **more: Any) -> A:
        """Create a version from a spec, and from values that clients do not give.

        By default it comes from the job or notebook that this process belongs to.
        """
        source = source or current_source(self._context.layout.folder)
        return self._add(spec, created_by=getpass.getuser(), source=source and source.model_dump(), **more)
