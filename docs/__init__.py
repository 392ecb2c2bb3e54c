# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The documentation, and the program that makes its references from the code."""

from __future__ import annotations
