# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compare two versions of models: packages, flavors, signature, and the values of their jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.model_details import ModelComparison
from jupyter_ml.services.comparing import differences, versions_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.model_details import ModelDetails
    from jupyter_ml.schemas.models import Model

__all__ = ["compare"]


def compare(
    first: tuple[Model, ModelDetails, Job | None], second: tuple[Model, ModelDetails, Job | None]
) -> ModelComparison:
    """Return two versions beside each other, given what is known of each, and of its job."""
    (one, of_one, job_one), (two, of_two, job_two) = first, second
    known = one.digest is not None and two.digest is not None
    return ModelComparison(
        first=one,
        second=two,
        same_content=one.digest == two.digest if known else None,
        packages=differences(_packages(of_one), _packages(of_two)),
        flavors=differences(of_one.flavors, of_two.flavors),
        signature=differences(_columns(of_one), _columns(of_two)),
        metrics=differences(_values(job_one.metrics if job_one else {}), _values(job_two.metrics if job_two else {})),
        parameters=differences(
            _values(job_one.parameters if job_one else {}), _values(job_two.parameters if job_two else {})
        ),
    )


def _packages(details: ModelDetails) -> dict[str, str]:
    return versions_of(details.packages, details.python)


def _columns(details: ModelDetails) -> dict[str, str]:
    if details.signature is None:
        return {}
    return {
        f"{part}.{column.name if column.name is not None else number}": f"{column.type}{'' if column.required else '?'}"
        for part in ("inputs", "outputs", "params")
        for number, column in enumerate(getattr(details.signature, part))
    }


def _values(values: Mapping[str, object]) -> dict[str, str]:
    return {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in values.items()}
