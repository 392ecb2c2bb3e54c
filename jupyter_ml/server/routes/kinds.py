# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of the kinds of resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.kind_info import KindInfo

__all__ = ["KindsHandler"]


class KindsHandler(Handler):
    """The kinds of resources."""

    auth_resource = "jupyter_ml:workspace"

    @operation("listKinds")
    def get(self) -> list[KindInfo]:
        """Return the declarations of all kinds of resources, in the order of the sidebar."""
        from jupyter_ml.schemas.kind_info import kind_info

        return [kind_info(service.kind) for service in self.workspace.resources.values()]
