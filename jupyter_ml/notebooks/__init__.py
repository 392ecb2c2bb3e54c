# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read, parameterize, prepare and assemble notebooks as JSON documents."""

from __future__ import annotations
