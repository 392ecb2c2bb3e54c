# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compare two versions of models: packages, flavors, signature, and the values of their jobs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ml.schemas.model_details import Difference, ModelComparison

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.model_details import ModelDetails
    from jupyter_ml.schemas.models import Model

__all__ = ["compare", "packages_of"]

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?P<version>[^;]*)")


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
        packages=_rows(packages_of(of_one), packages_of(of_two)),
        flavors=_rows(of_one.flavors, of_two.flavors),
        signature=_rows(_columns(of_one), _columns(of_two)),
        metrics=_rows(_values(job_one.metrics if job_one else {}), _values(job_two.metrics if job_two else {})),
        parameters=_rows(
            _values(job_one.parameters if job_one else {}), _values(job_two.parameters if job_two else {})
        ),
    )


def packages_of(details: ModelDetails) -> dict[str, str]:
    """Return the versions of packages by their normalized names, with that of Python."""
    found = {"python": details.python} if details.python else {}
    for line in details.packages:
        match = _REQUIREMENT.fullmatch(line.partition(";")[0].strip())
        if match is None or line.startswith("-"):
            found[line] = ""
        else:
            name = re.sub(r"[-_.]+", "-", match["name"]).lower()
            found[name] = match["version"].strip().removeprefix("==")
    return found


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


def _rows(first: Mapping[str, str], second: Mapping[str, str]) -> list[Difference]:
    """Return a row for each name: those that differ first, then by name."""
    names = sorted({*first, *second}, key=lambda name: (first.get(name) == second.get(name), name))
    return [Difference(name=name, first=first.get(name), second=second.get(name)) for name in names]
