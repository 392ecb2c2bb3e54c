"""Secrets: encrypted at rest, named references everywhere else."""

from __future__ import annotations
