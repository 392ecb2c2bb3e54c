# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The program that runs a notebook or a command on a compute, and the event log in which it says what happened."""

from __future__ import annotations
