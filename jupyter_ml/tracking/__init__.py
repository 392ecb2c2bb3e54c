# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The MLflow store of a workspace: metrics, parameters, artifacts and models."""

from __future__ import annotations
