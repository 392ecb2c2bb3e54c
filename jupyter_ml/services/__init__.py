# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The rules: one service per noun behind one facade."""

from __future__ import annotations
