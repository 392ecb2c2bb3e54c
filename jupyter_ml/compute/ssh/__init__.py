# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Machines over SSH as computes."""

from __future__ import annotations
