# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Measurements: printed, as ratios where there is a peer, never asserted in tests."""

from __future__ import annotations
