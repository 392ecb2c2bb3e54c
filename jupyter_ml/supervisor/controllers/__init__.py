# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Controllers, one module for each kind of work."""

from __future__ import annotations
