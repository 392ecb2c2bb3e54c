# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What things are: the one source of truth for YAML files, REST bodies, rows and forms."""

from __future__ import annotations
