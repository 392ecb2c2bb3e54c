# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where bytes live: snapshots of code, and what git knows of it."""

from __future__ import annotations
