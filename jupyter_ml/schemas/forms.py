# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Forms from which users submit jobs and create computes."""

from __future__ import annotations

from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from jupyter_ml.schemas.base import Schema

__all__ = ["ComputeType", "Form", "FormCell", "FormCode", "FormQuery", "Kernel"]


class FormQuery(Schema):
    """What the form is for: a file, or a job to rerun."""

    path: str | None = None
    """Of a notebook, script or YAML file, below the server's root."""
    job: str | None = None
    """Name of the job whose settings the form shows."""
    snapshot: bool | None = None
    """Whether the code runs as it was submitted with the job, instead of the files as they are now; by default only if
    these do not exist.
    """

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.path is None) == (self.job is None):
            raise ValueError("give either path or job")
        if self.snapshot is not None and self.job is None:
            raise ValueError("snapshot needs job")
        return self


class Kernel(Schema):
    """A kernel that can run a notebook."""

    name: str
    display_name: str
    language: str


class FormCode(Schema):
    """Which code runs when the form of a job is submitted."""

    snapshot: bool
    """Whether it runs as it was submitted, instead of the files as they are now."""
    files: bool
    """Whether these files still exist, below the root."""
    changed: bool | None
    """Whether the code cells of the notebook are not those that were submitted; None if that is unknown."""


class FormCell(Schema):
    """A cell of the notebook that can run in a job."""

    id: str | None
    """None in a notebook whose format is older than 4.5; such a cell cannot be selected."""
    source: str
    """Its first line that is not empty, shortened."""
    parameters: bool
    """Whether it is the parameters cell, which always runs."""
    imports: bool
    """Whether it only imports modules, so that cells after it probably need it."""


class FormFields(Schema):
    """The fields of a form for JupyterLab's ``FormComponent``."""

    model_config = ConfigDict(populate_by_name=True)

    fields: dict[str, Any] = Field(alias="schema")
    """JSON Schema of what is submitted; of a job, with ``secrets`` as a mapping of names to values.

    Text whose ``contentMediaType`` is ``application/json`` is submitted as the JSON that it is, or else as text.
    """
    ui: dict[str, Any]
    """Hints for how to draw it (rjsf's uiSchema); its ``advanced`` names the fields that are rarely needed."""


class ComputeType(FormFields):
    """A type of compute, and the form that creates one."""

    name: str
    """The ``type`` of such a compute."""
    title: str
    description: str = ""
    stops: bool = False
    """Whether such a compute is started, stopped and restarted."""
    attached: bool = False
    """Whether it exists without Jupyter ML, so that it is detached instead of deleted."""
    scales: bool = False
    """Whether it has nodes."""
    logs: bool = False
    """Whether it has a log of its own."""
    unavailable: str | None
    """Why none can be created on this machine, e.g. because a package is missing; None if one can."""


class Form(FormFields):
    """The form of a job."""

    data: dict[str, Any]
    """What the form shows at first: a job, as far as it is known, with contents paths."""
    kernels: list[Kernel]
    cells: list[FormCell] = []
    """The cells of a notebook that run in a job, unless ``cells`` of the job selects some of them."""
    code: FormCode | None = None
    """Which code a rerun runs; None for a file."""
    rerun_of: str | None = None
    """To be sent with the submission: the job whose snapshot of notebook and code the form is about, because the files
    that it was taken from are not below the root, or not any more.
    """
