# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Remove the values of secrets from everything that is written."""

from __future__ import annotations
