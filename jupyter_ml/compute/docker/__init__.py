# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Instances: computes that are containers of this machine."""

from __future__ import annotations
