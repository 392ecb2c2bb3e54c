# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Rows of data assets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.schemas.data import DATA, Data
from jupyter_ml.store.assets import AssetStore
from jupyter_ml.store.tables import data

if TYPE_CHECKING:
    from jupyter_ml.store.engine import Database

__all__ = ["DataStore"]


class DataStore(AssetStore[Data, AssetQuery]):
    """Data assets."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, DATA, data)
