"""Metrics, parameters, artifacts and models: the MLflow store of a workspace, and all that is known of MLflow."""

from __future__ import annotations
