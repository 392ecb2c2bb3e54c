# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Python environments: read their definitions, resolve them to exact versions, and install them with uv."""

from __future__ import annotations
