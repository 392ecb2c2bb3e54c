# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Metrics, parameters, artifacts and models: the MLflow store of a workspace, and all that is known of MLflow."""

from __future__ import annotations
