# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Describe the fields of a job as a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.describing import fields
from jupyter_ml.schemas.forms import Form
from jupyter_ml.schemas.specs import JOB_SPECS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_ml.schemas.forms import Kernel

__all__ = ["job_form"]

TITLES = {
    "command": "Command",
    "parameters": "Parameters",
    "display_name": "Name",
    "experiment_name": "Experiment",
    "compute": "Compute",
    "kernel_name": "Kernel",
    "code": "Code directory",
    "description": "Description",
    "tags": "Tags",
    "environment_variables": "Environment variables",
    "secrets": "Secrets",
    "keep_files": "Files beside outputs/",
    "limits": "Time limits in seconds",
    "retries": "Retries",
    "priority": "Priority",
}
"""Titles of the fields, in the order of the form."""
LIMITS = {"timeout": "The whole job", "cell_timeout": "Each cell"}
"""Titles of the fields of ``limits``."""
KEEP_FILES = {
    "description": "Whether they are kept; by default as the workspace settings specify.",
    "oneOf": [{"const": True, "title": "Keep"}, {"const": False, "title": "Do not keep"}],
}
ADVANCED = [
    "code",
    "description",
    "tags",
    "environment_variables",
    "secrets",
    "keep_files",
    "limits",
    "retries",
    "priority",
]


def job_form(
    data: dict[str, Any],
    special: Mapping[str, Any] | None = None,
    kernels: Sequence[Kernel] = (),
    *,
    rerun_of: str | None = None,
) -> Form:
    """Return the form of a job.

    Parameters
    ----------
    data
        What the form shows at first; its ``type`` decides which fields there are.
    special
        Schemas of fields that depend on the job.
    kernels
        Kernels that can run it.
    rerun_of
        The job whose snapshot runs again.
    """
    model = JOB_SPECS[data["type"]]
    known = fields(model)
    special = {
        **(special or {}),
        "keep_files": known["keep_files"] | KEEP_FILES,
        "limits": known["limits"] | {"properties": _titled(known["limits"]["properties"], LIMITS)},
        "secrets": {"type": "object", "additionalProperties": {"type": "string", "format": "password"}},
    }
    if rerun_of is not None:
        del known["code"]
    properties = _titled(known | special, TITLES)
    schema = {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if model.model_fields[name].is_required()],
    }
    advanced = [name for name in ADVANCED if name in properties]
    widgets = {"command": {"ui:widget": "textarea"}, "keep_files": {"ui:widget": "select"}}
    ui = {"ui:order": [*properties, "*"], "advanced": advanced, **widgets}
    return Form(fields=schema, ui=ui, data=data, kernels=list(kernels), rerun_of=rerun_of)


def _titled(properties: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    return {name: properties[name] | {"title": title} for name, title in titles.items() if name in properties}
