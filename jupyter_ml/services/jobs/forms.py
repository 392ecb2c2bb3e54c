# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the forms from which jobs are submitted: the fields of a job, and the parameters of its notebook."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.environments.curated import curated
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.computes import ComputeQuery
from jupyter_ml.schemas.environment_source import InlineEnvironment
from jupyter_ml.schemas.forms import FormCode
from jupyter_ml.schemas.jobs import Runner
from jupyter_ml.schemas.reference_fields import CURRENT
from jupyter_ml.schemas.text import cleaned
from jupyter_ml.services.contents_paths import contents_path, resolve_contents_path
from jupyter_ml.services.jobs import specs
from jupyter_ml.services.jobs.rerun import check_files, has_files, submitted_spec
from jupyter_ml.services.jobs.snapshots import submitted_notebook
from jupyter_ml.services.jobs.types.registry import type_of
from jupyter_ml.services.jobs.validation import convert, with_compute
from jupyter_ml.services.kernels import kernel_of

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
        """Return the form for a notebook, script or YAML file, or for a job to run again.

        Its paths are relative to `root`.

        Raises
        ------
        InvalidInputError
            If the path does not lead to such a file below `root`, or the file is invalid.
        ConflictError
            If the job was logged directly with MLflow, or the files of a rerun do not exist.
        """
        if query.job is None:
            form = self._submit_form(query, root)
        else:
            form = self._rerun_form(query.job, query.snapshot, root)
        properties = form.fields["properties"]
        properties |= {
            "compute": properties["compute"] | {"oneOf": self._computes()},
            "environment": properties["environment"] | {"examples": self._environments()},
        }
        return form.model_copy(update={"fields": form.fields | {"properties": properties}})

    def _computes(self) -> list[dict[str, str]]:
        """Return the computes that the form offers, with the states of those that do not run."""
        found = self._context.store.computes.list(ComputeQuery(limit=1_000)).items
        states = {each.name: "" if each.state is ComputeState.RUNNING else f" ({each.state})" for each in found}
        return [{"const": name, "title": f"{name}{state}"} for name, state in states.items()]

    def _environments(self) -> list[str]:
        """Return the names that the field of the environment offers."""
        known = self._context.store.environments.list(AssetQuery(limit=1_000, sort="name", descending=False)).items
        return list(dict.fromkeys([*(each.name for each in known), CURRENT, *curated()]))

    def _submit_form(self, query: FormQuery, root: Path) -> Form:
        assert query.path is not None
        file = resolve_contents_path(root, query.path, "path")
        loaded = (
            specs.read(file, {}, {})
            if file.suffix.lower() in specs.YAML_SUFFIXES
            else specs.from_file(file, {}, {}, code=True)
        )
        spec = convert(with_compute(self._context, loaded))
        data = _data(spec.with_paths(partial(_below, root)))
        data.setdefault("experiment_name", cleaned(Path(spec.directory or root).name) or "default")
        form = type_of(spec).form(data, _notebook(spec), None)
        kernel = kernel_of(self._context, form.data["kernel_name"]) if "kernel_name" in form.data else None
        if kernel and kernel.compute:
            del form.data["kernel_name"]
            if "compute" not in loaded.spec.model_fields_set:
                form.data["compute"] = kernel.compute
            if kernel.environment:
                form.data.setdefault("environment", str(kernel.environment))
        return form

    def _rerun_form(self, name: str, snapshot: bool | None, root: Path) -> Form:
        job = self._jobs.get(name)
        spec = submitted_spec(job)
        files = has_files(spec, root)
        if snapshot is False:
            check_files(spec, name, root)
        snapshot = not files if snapshot is None else snapshot
        data = _data(spec.with_paths(lambda path, _: contents_path(root, path)))
        data |= {"experiment_name": job.experiment_name, "secrets": dict.fromkeys(spec.secrets, "")}
        data.pop("name", None)
        if snapshot:
            data |= {key: Path(data[key]).name for key in spec.path_fields if key in data}
            data.pop("code", None)
        today = _notebook(spec) if files else None
        stored = spec.notebook_in_code() is not None and (snapshot or job.runner is not Runner.PAPERMILL)
        submitted = submitted_notebook(self._context, job) if stored else None
        form = type_of(spec).form(data, submitted if snapshot else today, name if snapshot else None)
        code = FormCode(snapshot=snapshot, files=files, changed=_changed(today, submitted))
        return form.model_copy(update={"code": code})


def _notebook(spec: JobSpec) -> Path | None:
    """Return today's file of a job's notebook."""
    inside = spec.notebook_in_code()
    return Path(spec.directory or "", inside) if inside is not None else None


def _changed(today: Path | None, submitted: Path | None) -> bool | None:
    """Return whether the code cells of two notebooks differ; None if there are not two that can be read."""
    if today is None or submitted is None:
        return None
    try:
        return _sources(today) != _sources(submitted)
    except InvalidInputError:
        return None


def _sources(path: Path) -> list[str]:
    return [cell["source"] for cell in read_notebook(path)["cells"] if cell["cell_type"] == "code"]


def _data(spec: JobSpec) -> dict[str, Any]:
    """Return the keys of a spec that are set."""
    if isinstance(spec.environment, InlineEnvironment):
        spec = spec.model_copy(update={"environment": spec.environment.editable()})
    data = spec.model_dump(mode="json", exclude_defaults=True) | {"type": spec.type, "compute": spec.compute}
    return data | ({"secrets": dict.fromkeys(spec.secrets, "")} if spec.secrets else {})


def _below(root: Path, path: str, field: str) -> str:
    """Return the contents path of a file; InvalidInputError if it is not below `root`."""
    found = contents_path(root, path)
    if found == path:
        raise InvalidInputError(f"{field}: {path} is outside of the root directory of this server", field=field)
    return found
