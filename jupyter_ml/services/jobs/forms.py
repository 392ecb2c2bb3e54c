# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the forms from which jobs are submitted: the fields of a job, and the parameters of its notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.computes import ComputeQuery
from jupyter_ml.services.contents_paths import contents_path, resolve_contents_path
from jupyter_ml.services.jobs import specs
from jupyter_ml.services.jobs.snapshots import submitted_notebook
from jupyter_ml.services.jobs.types.registry import type_of

if TYPE_CHECKING:
    from jupyter_ml.schemas.forms import Form, FormQuery
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.results import JobResults

__all__ = ["FormService"]


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
        file = resolve_contents_path(root, query.path, "path")
        spec = specs.from_file(file, {}, {}, code=True).spec
        data = {
            **_data(spec, root),
            **{field: contents_path(root, getattr(spec, field)) for field in spec.path_fields},
            "experiment_name": Path(spec.directory or root).name or "default",
        }
        return type_of(spec).form(data, file, None)

    def _rerun_form(self, name: str, root: Path) -> Form:
        job = self._jobs.get(name)
        spec = job.spec
        if spec is None:
            raise ConflictError(
                f"{name} was logged directly with MLflow: there is nothing that Jupyter ML could run again"
            )
        data = _data(spec, root) | {
            "experiment_name": job.experiment_name,
            "secrets": dict.fromkeys(spec.secrets, ""),
        }
        data.pop("name", None)
        places = {key: data.pop(key) for key in spec.path_fields if key in data}
        inside = spec.notebook_in_code()
        if all(Path(path).exists() and contents_path(root, path) != path for path in places.values()):
            # perhaps changed since, but the user sees the current files
            data |= {key: contents_path(root, path) for key, path in places.items()}
            notebook = Path(spec.directory or root, inside) if inside is not None else None
            return type_of(spec).form(data, notebook, None)
        data |= {key: Path(path).name for key, path in places.items() if key != "code"}
        notebook = submitted_notebook(self._context, job) if inside is not None else None
        return type_of(spec).form(data, notebook, name)


def _data(spec: JobSpec, root: Path) -> dict[str, Any]:
    """Return the keys of a spec that are set, with contents paths of its inputs."""
    data = spec.model_dump(mode="json", exclude_defaults=True) | {"type": spec.type}
    for value in data.get("inputs", {}).values():
        if isinstance(value, dict):
            value["path"] = contents_path(root, value["path"])
    return data
