# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Tags that a job cannot have."""

from __future__ import annotations

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.runs import NOTE_TAG
from jupyter_ml.tracking import conversion

__all__ = ["check_tag"]

RESERVED = {"jupyter_ml.": "Jupyter ML", "mlflow.": "MLflow"}
"""Beginnings of the names of tags that a job cannot have."""


def check_tag(name: str) -> None:
    """Refuse a tag by which Jupyter ML finds a job's run, or to which MLflow gives a meaning."""
    key = conversion.key(name)  # as it would be written
    prefix = next((prefix for prefix in RESERVED if key.startswith(prefix)), None)
    if prefix is not None and key != NOTE_TAG:
        raise InvalidInputError(
            f"tags: {name!r} is reserved: {RESERVED[prefix]} writes the tags that begin with {prefix}; "
            "choose another name",
            field=f"tags.{name}",
        )
