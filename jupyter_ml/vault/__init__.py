# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Secrets: encrypted at rest, named references everywhere else."""

from __future__ import annotations
