"""Measurements: printed, as ratios where there is a peer, never asserted in tests."""

from __future__ import annotations
