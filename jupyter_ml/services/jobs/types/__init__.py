# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Types of jobs: what is particular to each of them, from its spec to its processes."""

from __future__ import annotations
