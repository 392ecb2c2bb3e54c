# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data assets: files that are registered by reference, with what they were like then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from jupyter_ml.schemas import names
from jupyter_ml.schemas.assets import AssetCreate, AssetQuery, AssetUpdate, VersionedAsset
from jupyter_ml.schemas.fingerprints import Fingerprint
from jupyter_ml.schemas.kinds import Column, Kind
from jupyter_ml.schemas.reference_fields import DataLocation
from jupyter_ml.schemas.references import LocalPath, parse_reference

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

__all__ = ["DATA", "Data", "DataCreate", "DataType"]

DataType = Literal["uri_file", "uri_folder", "mltable"]
"""A file; a directory with all that is in it; or a directory with a file ``MLTable``, which describes a table."""


class DataCreate(AssetCreate):
    """A version of a data asset to create."""

    type: DataType | None = None
    """By default what there is at the path."""
    path: DataLocation
    """A path, relative to the YAML file, ``azureml://datastores/NAME/paths/PATH`` or a URL. The files stay where they
    are.
    """

    def below(self, directory: Path) -> Self:
        """Return the spec with its path relative to `directory`."""
        if not isinstance(parse_reference(self.path), LocalPath) or self.path.startswith("~"):
            return self
        return self.model_copy(update={"path": str(directory / self.path)})


class Data(VersionedAsset):
    """A version of a data asset."""

    type: DataType
    path: str
    """Where the files are."""
    fingerprint: Fingerprint
    """What they were like when this version was created."""


DATA: Kind[Data, AssetQuery] = Kind(
    name=names.DATA,
    model=Data,
    query=AssetQuery,
    spec=DataCreate,
    changes=AssetUpdate,
    columns=(
        Column("name", lambda item: item.name),
        Column("version", lambda item: item.version),
        Column("type", lambda item: item.type),
        Column("files", lambda item: f"{item.fingerprint.files:,}", "right"),
        Column("bytes", lambda item: f"{item.fingerprint.bytes:,}", "right"),
        Column("created by", lambda item: item.created_by),
        Column("path", lambda item: item.path),
    ),
)
