# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes: where the processes of jobs start."""

from __future__ import annotations
