"""The program that makes wishes true."""

from __future__ import annotations
