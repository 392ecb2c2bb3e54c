# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Background process that schedules and runs jobs."""

from __future__ import annotations
