# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Clusters: a process of its own deploys nodes by Dask, and an agent on each node starts programs."""

from __future__ import annotations
