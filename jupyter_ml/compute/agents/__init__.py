# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes whose processes are started by an agent (`jupyter_ml.agent`), however that is reached."""

from __future__ import annotations
