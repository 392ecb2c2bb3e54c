# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs that run a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.kernels.specs import is_of_compute, read_kernel
from jupyter_ml.notebooks.kernels import DEFAULT_KERNEL, check_kernel, find_kernel, kernel_name_of, language_of
from jupyter_ml.notebooks.parameters import check_parameters, read_declaration, read_parameters
from jupyter_ml.notebooks.prepare import runs
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.forms import Kernel
from jupyter_ml.schemas.launch import Launch
from jupyter_ml.schemas.notebook_job import NotebookJob
from jupyter_ml.schemas.parameters import coerce, encode
from jupyter_ml.schemas.validation import validated
from jupyter_ml.services.jobs.form_cells import form_cells
from jupyter_ml.services.jobs.form_fields import job_form
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.parameters_schema import parameters_schema
from jupyter_ml.services.jobs.resolving import OUTPUTS, resolve_parameters
from jupyter_ml.services.jobs.snapshots import capture_file
from jupyter_ml.services.jobs.types.base import JobType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from jupyter_ml.notebooks.parameters import Declaration
    from jupyter_ml.notebooks.reading import Notebook
    from jupyter_ml.schemas.forms import Form
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.schemas.yaml import Document
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.snapshots import Capture

__all__ = ["NotebookType"]


class NotebookType(JobType[NotebookJob]):
    """Jobs that run a notebook, in its own directory in a copy of their code."""

    suffixes = (".ipynb",)
    mlflow_source_type = "NOTEBOOK"

    def load(self, spec: NotebookJob, document: Document) -> LoadedSpec[NotebookJob]:
        """Return the job with the texts as which its parameters are written, except those with expressions."""
        texts = {
            name: document.text(("parameters", name)) for name, value in spec.parameters.items() if value is not None
        }
        known = {name: text for name, text in texts.items() if text is not None and "${{" not in text}
        return LoadedSpec(spec, known, document)

    def from_file(
        self, path: Path, parameters: Mapping[str, str], settings: Mapping[str, Any], code: Path | None
    ) -> LoadedSpec[NotebookJob]:
        """Return the job that runs a notebook."""
        given = {"notebook": str(path), "parameters": dict(parameters)}
        return LoadedSpec.of(NotebookJob, code, given, settings, texts=parameters)

    def with_parameters(
        self, spec: NotebookJob, parameters: Mapping[str, Any], *, from_text: bool
    ) -> LoadedSpec[NotebookJob]:
        """Return the job with some of its parameters replaced; the notebook is not read."""
        replaced = {**dict(spec), "parameters": {**spec.parameters, **parameters}}
        return LoadedSpec(validated(NotebookJob, replaced), parameters if from_text else {})

    def convert(self, loaded: LoadedSpec[NotebookJob]) -> NotebookJob:
        """Return the spec with the types that its notebook declares."""
        job = loaded.spec
        if not loaded.texts:
            return job
        converted = _convert_texts(loaded, read_declaration(read_notebook(Path(job.notebook))))
        return job.model_copy(update={"parameters": job.parameters | converted})

    def validate(
        self, loaded: LoadedSpec[NotebookJob], notebook: Path | None, kernels: Path
    ) -> tuple[NotebookJob, dict[str, JsonValue]]:
        """Return the spec with converted parameters, and the values with which the notebook runs.

        Defaults that the notebook sets itself are only among the values: as parameters they could change its results.
        """
        job = loaded.spec
        with loaded.located("notebook"):
            if notebook is None:
                _check_inside(job)
            source = read_notebook(notebook or Path(job.notebook))
        with loaded.located("cells"):
            _check_cells(job, source)
        with loaded.located("kernel_name"):
            of_kernel = _of_kernel(job, source, kernels)
        declaration = read_declaration(source)
        converted = _convert_texts(loaded, declaration)
        values = resolve_parameters(job, OUTPUTS)
        checked = declaration.check({name: value for name, value in values.items() if name not in converted})
        typed = {name: (converted | checked)[name] for name in values}
        changes = {"parameters": typed | _expressions(job), **of_kernel}
        return job.model_copy(update=changes), declaration.defaults() | typed

    def capture(self, context: WorkspaceContext, spec: NotebookJob, notebook: Path | None) -> Capture:
        """Take a snapshot of the code, or of the notebook alone."""
        if spec.code is not None:
            return super().capture(context, spec, notebook)
        return capture_file(context, Path(spec.notebook), notebook or Path(spec.notebook))

    def launch(self, spec: NotebookJob, folder: AttemptFolder, common: Mapping[str, Any]) -> Launch:
        """Return the launch file of the notebook.

        Its parameters were converted when the job was submitted, except expressions: their values contain paths of the
        attempt, and have the types that the notebook in the snapshot declares.
        """
        notebook, expressions = spec.notebook_in_code(), _expressions(spec)
        resolved = {}
        if expressions:
            values = resolve_parameters(spec, folder.outputs)
            source = read_notebook(folder.work / notebook)
            resolved = check_parameters(source, {name: values[name] for name in expressions})
        return Launch(
            type="notebook",
            notebook=notebook,
            parameters=spec.parameters | resolved,
            cells=spec.cells,
            kernel_name=spec.kernel_name,
            cell_timeout=spec.limits.cell_timeout,
            **common,
        )

    def form(self, data: dict[str, Any], notebook: Path | None, rerun_of: str | None) -> Form:
        """Return the form with the parameters that the notebook declares, and the kernels that are installed.

        Those of other computes are no choice besides the compute.
        """
        assert notebook is not None
        source = read_notebook(notebook)
        kernels = _kernels()
        if data.setdefault("kernel_name", kernel_name_of(source)) not in [kernel.name for kernel in kernels]:
            del data["kernel_name"]
        parameters, hints = parameters_schema(read_parameters(source))
        offered = [each for each in kernels if not is_of_compute(each.name)]
        kernel = {"oneOf": [{"const": each.name, "title": each.display_name} for each in offered]}
        form = job_form(data, {"parameters": parameters, "kernel_name": kernel}, kernels, rerun_of=rerun_of)
        return form.model_copy(update={"ui": form.ui | {"parameters": hints}, "cells": form_cells(source)})


def _expressions(job: NotebookJob) -> dict[str, JsonValue]:
    """Return the parameters that contain expressions."""
    return {name: value for name, value in job.parameters.items() if isinstance(value, str) and "${{" in value}


def _convert_texts(loaded: LoadedSpec[NotebookJob], declaration: Declaration) -> dict[str, JsonValue]:
    """Return the parameters of a spec that are text, converted to the types that the notebook declares, encoded.

    Values of a YAML file have a type of their own where the notebook declares none.
    """
    if loaded.document is None:
        return declaration.check(loaded.texts, from_text=True)
    converted = {}
    for name, text in loaded.texts.items():
        with loaded.located("parameters", name):
            parameter = declaration.find(name)
            if parameter.types:
                converted[name] = encode(coerce(parameter, text, from_text=True))
    return converted


def _check_inside(job: NotebookJob) -> None:
    if job.code is not None and not Path(job.notebook).resolve().is_relative_to(Path(job.code).resolve()):
        raise InvalidInputError(
            f"notebook: {job.notebook} is outside of code ({job.code}); the job runs in a copy of that directory, "
            "so the notebook has to be in it",
            field="notebook",
        )


def _of_kernel(job: NotebookJob, source: Notebook, kernels: Path) -> dict[str, Any]:
    """Return what follows from the kernel of a job: its environment and its compute, for kernels of the workspace.

    Raises
    ------
    InvalidInputError
        If no kernel can run the notebook: an environment has a Python kernel of its own.
    """
    if job.environment is None:
        folder = find_kernel(check_kernel(job.kernel_name or kernel_name_of(source), kernels), kernels)
        found = read_kernel(folder) if folder else None
        if found is None:
            return {}
        return {
            **({"environment": str(found.environment)} if found.environment else {"kernel_name": DEFAULT_KERNEL}),
            **({"compute": found.compute} if found.compute else {}),
        }
    if (language := language_of(source)) not in ("python", "ipython"):
        raise InvalidInputError(
            f"environment: the notebook is written in {language}, and an environment has a Python kernel: remove "
            "the key",
            field="environment",
        )
    return {}


def _check_cells(job: NotebookJob, source: Notebook) -> None:
    """Raise InvalidInputError if a selected cell does not exist, or none of them runs."""
    if job.cells is None:
        return
    cells = {cell["id"]: cell for cell in source["cells"] if isinstance(cell.get("id"), str)}
    unknown = [name for name in job.cells if name not in cells]
    if unknown:
        raise InvalidInputError(
            f"cells: the notebook has no cell with the ID {unknown[0]!r}; save it in nbformat 4.5, in which cells have "
            "IDs, and select cells that it has",
            field="cells",
        )
    if not any(runs(cells[name]) for name in job.cells):
        raise InvalidInputError("cells: none of the selected cells is a code cell that runs in a job", field="cells")


def _kernels() -> list[Kernel]:
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().get_all_specs()
    return [
        Kernel(name=name, display_name=about["spec"]["display_name"], language=about["spec"]["language"])
        for name, about in sorted(found.items())
    ]
