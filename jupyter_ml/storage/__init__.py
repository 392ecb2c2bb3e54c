"""Where bytes live: snapshots of code, and what git knows of it."""

from __future__ import annotations
