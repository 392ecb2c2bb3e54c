# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the workspace remembers: tables, migrations, one class per noun."""

from __future__ import annotations

from jupyter_ml.store.store import Store

__all__ = ["Store"]
