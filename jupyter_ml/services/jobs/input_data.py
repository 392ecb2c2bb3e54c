# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the data that a job's inputs refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.schemas.job_spec import DataInput
from jupyter_ml.schemas.references import DatastorePath, parse_reference
from jupyter_ml.services.datastores import DatastoreService

if TYPE_CHECKING:
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.drafts import Draft

__all__ = ["resolve_data"]


def resolve_data(context: WorkspaceContext, draft: Draft[Any]) -> Draft[Any]:
    """Return a draft whose inputs have a local path in place of a path in a datastore.

    Raises
    ------
    InvalidInputError
        If there is no such datastore, or the path leads out of it.
    """
    inputs = {
        name: value.model_copy(update={"path": _path(context, draft, name, reference)})
        for name, value in draft.spec.inputs.items()
        if isinstance(value, DataInput) and isinstance(reference := parse_reference(value.path), DatastorePath)
    }
    return draft.replace(draft.spec.model_copy(update={"inputs": {**draft.spec.inputs, **inputs}})) if inputs else draft


def _path(context: WorkspaceContext, draft: Draft[Any], name: str, reference: DatastorePath) -> str:
    with draft.located("inputs", name, "path"):
        try:
            return str(DatastoreService(context).resolve(reference))
        except (InvalidInputError, NotFoundError) as error:
            field = f"inputs.{name}.path"
            raise InvalidInputError(f"{field}: {error}", field=field) from error
