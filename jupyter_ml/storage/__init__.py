# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Snapshots of code, files of jobs, and the state of git repositories."""

from __future__ import annotations
