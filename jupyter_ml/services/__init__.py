"""The rules: one service per noun behind one facade."""

from __future__ import annotations
