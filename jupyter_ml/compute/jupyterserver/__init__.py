# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Existing Jupyter servers as computes; the agent is reached through a terminal of the server."""

from __future__ import annotations
