# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.handler import Handler, operation

if TYPE_CHECKING:
    from jupyter_ml.schemas.forms import Form, FormQuery

__all__ = ["FormHandler"]


class FormHandler(Handler):
    """The form from which a job is submitted."""

    auth_resource = "jupyter_ml:jobs"

    @operation("getJobForm", large=True)
    def get(self, query: FormQuery) -> Form:
        """Return the form for a notebook, or for a job to be run once more."""
        return self.workspace.forms.get(query, root=self.app.root)
