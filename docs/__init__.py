"""The documentation, and the program that makes its references from the code."""

from __future__ import annotations
