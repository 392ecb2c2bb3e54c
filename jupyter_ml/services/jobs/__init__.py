# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs: what clients do with them, from a job spec to the results."""

from __future__ import annotations
