# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Handlers of forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler

if TYPE_CHECKING:
    from jupyter_ml.schemas.forms import Form, FormQuery

__all__ = ["FormHandler"]


class FormHandler(Handler):
    """The form to submit a job."""

    auth_resource = "jupyter_ml:jobs"

    @operation("getJobForm", large=True, reads="contents")
    def get(self, query: FormQuery) -> Form:
        """Return the form for a notebook, script or YAML file, or for the rerun of a job."""
        return self.workspace.forms.get(query, root=self.app.root)
