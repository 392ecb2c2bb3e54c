# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a job again with the notebook and the code of its submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.jobs import Job

__all__ = ["rerun_spec"]


def rerun_spec(job: JobSpec, original: Job) -> JobSpec:
    """Return `job` with the notebook and the code of `original`.

    Raises
    ------
    ConflictError
        If Jupyter ML did not run that.
    InvalidInputError
        If it has another type.
    """
    spec = original.spec
    if spec is None:
        raise ConflictError(f"{original.name} was logged directly with MLflow: there is nothing to run again")
    if job.type != spec.type:
        raise InvalidInputError(
            f"rerun_of: {original.name} is a {spec.type} job, and this one is not", field="rerun_of"
        )
    return job.model_copy(update={field: getattr(spec, field) for field in spec.path_fields})
