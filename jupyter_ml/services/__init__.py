# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The rules of Jupyter ML, by resource; `Workspace` is the facade that every client uses."""

from __future__ import annotations
