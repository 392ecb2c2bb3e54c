# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The agent: the program that starts processes on a compute. Only `jupyter_ml.compute` imports it."""

from __future__ import annotations
