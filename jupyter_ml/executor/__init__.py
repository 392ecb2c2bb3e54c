# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The program that runs one attempt of a job, a notebook or a command, and records events in its event log."""

from __future__ import annotations
