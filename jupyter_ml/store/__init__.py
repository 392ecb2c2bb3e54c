# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The database of a workspace: tables, migrations, and one class for each kind of resource."""

from __future__ import annotations

from jupyter_ml.store.store import Store

__all__ = ["Store"]
