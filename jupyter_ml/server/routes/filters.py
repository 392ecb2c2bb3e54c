# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.filter_checks import FilterCheck, FilterCheckQuery

__all__ = ["FilterHandler"]


class FilterHandler(Handler):
    """A filter that is being edited."""

    auth_resource = "jupyter_ml:jobs"

    @operation("checkFilter")
    def get(self, name: str, query: FilterCheckQuery) -> FilterCheck:
        """Return how a filter of a kind of resource can be completed, and what is wrong with it."""
        return self.workspace.filters.check(name, query)
