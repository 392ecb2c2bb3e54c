# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Changes of tags, the same for every kind of resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_TAGS", "merged_tags", "require_few"]

MAX_TAGS = 200


def merged_tags(tags: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return tags with changes: a text sets one, None removes one, and others are unchanged."""
    return {name: value for name, value in {**tags, **changes}.items() if value is not None}


def require_few(tags: Mapping[str, str]) -> None:
    """Raise InvalidInputError if a resource would have too many tags."""
    if len(tags) > MAX_TAGS:
        raise InvalidInputError(f"tags: {len(tags)} are more than {MAX_TAGS}: remove some", field="tags")
