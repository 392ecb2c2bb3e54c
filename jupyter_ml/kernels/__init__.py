# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernels on computes: what starts them for Jupyter, and their kernelspecs."""

from __future__ import annotations
