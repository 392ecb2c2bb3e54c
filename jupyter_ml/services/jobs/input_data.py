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
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec

__all__ = ["resolve_data"]


def resolve_data(context: WorkspaceContext, loaded: LoadedSpec[Any]) -> LoadedSpec[Any]:
    """Return a spec whose inputs have a local path in place of a path in a datastore of this machine.

    An input in another datastore keeps its URI, if its mode is ``direct``.

    Raises
    ------
    InvalidInputError
        If there is no such datastore, the path leads out of it, or the mode is not possible.
    """
    inputs = {
        name: value.model_copy(update={"path": _path(context, loaded, name, value, reference)})
        for name, value in loaded.spec.inputs.items()
        if isinstance(value, DataInput) and isinstance(reference := parse_reference(value.path), DatastorePath)
    }
    return (
        loaded.replace(loaded.spec.model_copy(update={"inputs": {**loaded.spec.inputs, **inputs}}))
        if inputs
        else loaded
    )


def _path(
    context: WorkspaceContext, loaded: LoadedSpec[Any], name: str, value: DataInput, reference: DatastorePath
) -> str:
    with loaded.located("inputs", name, "path"):
        field = f"inputs.{name}.path"
        try:
            path = DatastoreService(context).resolve(reference)
        except (InvalidInputError, NotFoundError) as error:
            raise InvalidInputError(f"{field}: {error}", field=field) from error
        if path is None and value.mode != "direct":
            raise InvalidInputError(
                f"{field}: {reference} is not on this machine: write mode: direct, and read the URI that the job gets "
                "with pandas, fsspec or DuckDB",
                field=field,
            )
        return str(path or DatastorePath(reference.datastore, reference.path))
