"""Places where processes start."""

from __future__ import annotations
