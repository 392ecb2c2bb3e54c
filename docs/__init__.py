# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The documentation, and the generator of its reference pages."""

from __future__ import annotations
