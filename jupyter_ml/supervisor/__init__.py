# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The program that makes wishes true."""

from __future__ import annotations
