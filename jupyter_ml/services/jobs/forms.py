# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the forms from which jobs are submitted: the fields of a job, and the parameters of its notebook."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError
from jupyter_ml.notebooks.kernels import kernel_name_of
from jupyter_ml.notebooks.parameters import read_parameters
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.computes import ComputeQuery
from jupyter_ml.schemas.describing import fields
from jupyter_ml.schemas.forms import Form, Kernel
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.services.contents_paths import contents_path, resolve_contents_path
from jupyter_ml.services.jobs.parameters_schema import parameters_schema
from jupyter_ml.services.jobs.snapshots import submitted_notebook

if TYPE_CHECKING:
    from jupyter_ml.notebooks.reading import Notebook
    from jupyter_ml.schemas.forms import FormQuery
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.results import JobResults

__all__ = ["FormService"]

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


class FormService:
    """Builds the forms from which jobs are submitted."""

    def __init__(self, context: WorkspaceContext, jobs: JobResults) -> None:
        self._context, self._jobs = context, jobs

    def get(self, query: FormQuery, root: Path) -> Form:
        """Return the form for a notebook, or for a job to run again; its paths are relative to `root`.

        Raises
        ------
        InvalidInputError
            If the path does not lead to a notebook below `root`.
        ConflictError
            If the job was logged directly with MLflow.
        """
        form = self._submit_form(query, root) if query.job is None else self._rerun_form(query.job, root)
        names = [compute.name for compute in self._context.store.computes.list(ComputeQuery(limit=1_000)).items]
        properties = form.fields["properties"]
        properties |= {"compute": properties["compute"] | {"enum": names}}
        return form.model_copy(update={"fields": form.fields | {"properties": properties}})

    def _submit_form(self, query: FormQuery, root: Path) -> Form:
        assert query.path is not None
        notebook = read_notebook(resolve_contents_path(root, query.path, "path"))
        path = PurePosixPath(query.path.strip("/"))
        data = {
            "type": "notebook",
            "notebook": str(path),
            "code": str(path.parent),
            "experiment_name": path.parent.name or root.name or "default",
            "kernel_name": kernel_name_of(notebook),
        }
        return _notebook_form(notebook, data)

    def _rerun_form(self, name: str, root: Path) -> Form:
        job = self._jobs.get(name)
        spec = job.spec
        if spec is None:
            raise ConflictError(
                f"{name} was logged directly with MLflow: there is nothing that Jupyter ML could run again"
            )
        data = spec.model_dump(mode="json", exclude_defaults=True) | {"type": spec.type}
        data |= {"experiment_name": job.experiment_name, "secrets": dict.fromkeys(spec.secrets, "")}
        data.pop("name", None)
        for value in data.get("inputs", {}).values():
            if isinstance(value, dict):
                value["path"] = contents_path(root, value["path"])
        places = {key: data.pop(key) for key in ("code", "notebook") if key in data}
        there = all(Path(path).exists() and contents_path(root, path) != path for path in places.values())
        rerun_of = None if there else name
        if there:  # perhaps changed since, but the user sees the current files
            data |= {key: contents_path(root, path) for key, path in places.items()}
        elif "notebook" in places:
            data["notebook"] = Path(places["notebook"]).name
        if isinstance(spec, CommandJob):
            return _form(CommandJob, {}, data, kernels=[], rerun_of=rerun_of)
        notebook = read_notebook(Path(spec.notebook) if there else submitted_notebook(self._context, job))
        return _notebook_form(notebook, data, rerun_of)


def _notebook_form(notebook: Notebook, data: dict[str, Any], rerun_of: str | None = None) -> Form:
    kernels = _kernels()
    names = [kernel.name for kernel in kernels]
    if data.get("kernel_name") not in names:
        data.pop("kernel_name", None)
    parameters, hints = parameters_schema(read_parameters(notebook))
    kernel = {"oneOf": [{"const": each.name, "title": each.display_name} for each in kernels]}
    form = _form(NotebookJob, {"parameters": parameters, "kernel_name": kernel}, data, kernels, rerun_of)
    return form.model_copy(update={"ui": form.ui | {"parameters": hints}})


def _form(
    model: type[NotebookJob | CommandJob],
    special: dict[str, Any],
    data: dict[str, Any],
    kernels: list[Kernel],
    rerun_of: str | None,
) -> Form:
    known = fields(model)
    special |= {
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
    return Form(fields=schema, ui=ui, data=data, kernels=kernels, rerun_of=rerun_of)


def _titled(properties: dict[str, Any], titles: dict[str, str]) -> dict[str, Any]:
    return {name: properties[name] | {"title": title} for name, title in titles.items() if name in properties}


def _kernels() -> list[Kernel]:
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().get_all_specs()
    return [
        Kernel(name=name, display_name=about["spec"]["display_name"], language=about["spec"]["language"])
        for name, about in sorted(found.items())
    ]
