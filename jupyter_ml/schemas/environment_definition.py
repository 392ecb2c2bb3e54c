# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What is installed in an environment, independently of the file that lists it."""

from __future__ import annotations

import hashlib
import json
import sysconfig

from jupyter_ml.schemas.base import Schema

__all__ = ["Definition"]


class Definition(Schema):
    """The packages of an environment; two definitions that mean the same are equal."""

    python: str
    """Version of Python, e.g. ``3.11`` or ``3.11.7``."""
    requirements: list[str] = []
    """Requirements of PEP 508, normalized and sorted."""
    options: list[str] = []
    """Options of pip and uv that select the package indexes, in their order."""
    exclude_newer: str | None = None
    """Packages that were uploaded at this time or later are ignored; a time in UTC."""

    @property
    def identity(self) -> str:
        """Hash of the definition and the platform, independent of the order and spelling of the requirements."""
        content = {**self.model_dump(), "platform": sysconfig.get_platform()}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
