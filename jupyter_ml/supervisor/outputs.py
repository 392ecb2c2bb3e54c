# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Register the outputs of a job that has completed, as the data assets and models that its spec names."""

from __future__ import annotations

import logging
import os
import shutil
from typing import TYPE_CHECKING
from uuid import uuid4

from jupyter_ml.errors import JupyterMLError, NotFoundError, reason
from jupyter_ml.schemas.assets import AssetQuery, AssetSource
from jupyter_ml.schemas.data import DATA
from jupyter_ml.schemas.datastores import DEFAULT_DATASTORES
from jupyter_ml.schemas.job_data import OutputRecord
from jupyter_ml.schemas.models import MODEL
from jupyter_ml.schemas.references import AssetRef, DatastorePath
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.data import DataService
from jupyter_ml.services.datastores import DatastoreService
from jupyter_ml.services.models.service import ModelService
from jupyter_ml.storage import nofollow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.schemas.data import Data
    from jupyter_ml.schemas.job_data import InputType
    from jupyter_ml.schemas.job_spec import OutputSpec
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext

    Register = Callable[[WorkspaceContext, Job, AttemptFolder, str, OutputSpec], OutputRecord]

__all__ = ["register_outputs"]

DEFAULT = DEFAULT_DATASTORES[0]
RECENT = 20
"""How many versions of an asset are searched for the one that an earlier supervisor has created."""
_log = logging.getLogger(__name__)


def register_outputs(workspace: WorkspaceContext, job: Job, folder: AttemptFolder) -> None:
    """Register the outputs that have a name, and record where the others were written; safe to repeat.

    What fails becomes a warning: the files are with the job.
    """
    assert job.spec is not None
    wanted = {name: output for name, output in job.spec.outputs.items() if output.name or output.path}
    known = workspace.store.jobs.get(job.name).outputs if wanted else {}
    for name, output in wanted.items():
        if name in known:
            continue
        try:
            record = REGISTER[output.type](workspace, job, folder, name, output)
        except (JupyterMLError, OSError) as error:
            _log.warning("%s: output %s was not registered: %s", job.name, name, error)
            message = f"Output {name} was not registered as {output.name}: {reason(error)}"
            hint = f"Its files are in {folder.stored_outputs / name}."
            workspace.store.jobs.add_warnings(job.name, [JobWarning(message=message, hint=hint)])
        else:
            workspace.store.jobs.set_output(job.name, name, record)


def _data(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, name: str, output: OutputSpec) -> OutputRecord:
    location = output.path or _published(workspace, job, folder, name)
    if output.name is None:
        return OutputRecord(reference=location, type=output.type, location=location)
    spec = {"name": output.name, "version": output.version, "path": location, "type": output.type}
    source = AssetSource(job=job.name)
    made = _registered(workspace, output.name, location, source) or DataService(workspace).create(spec, source=source)
    reference = str(AssetRef(made.name, made.version))
    return OutputRecord(kind=DATA.plural, reference=reference, type=made.type, location=location)


def _registered(workspace: WorkspaceContext, name: str, location: str, source: AssetSource) -> Data | None:
    """Return the version that an earlier supervisor has created before it was killed."""
    try:
        recent = workspace.store.data.list(AssetQuery(name=name, limit=RECENT)).items
    except NotFoundError:
        return None
    return next((each for each in recent if each.path == location and each.source == source), None)


def _model(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, name: str, output: OutputSpec) -> OutputRecord:
    path = str(folder.stored_outputs / name)
    if output.name is None:
        return OutputRecord(reference=output.path or path, type=output.type, location=output.path or path)
    spec = {"name": output.name, "version": output.version, "path": path, "type": output.type}
    made = ModelService(workspace).create(spec, source=AssetSource(job=job.name))
    reference = str(AssetRef(made.name, made.version))
    return OutputRecord(kind=MODEL.plural, reference=reference, type=output.type, location=made.path)


REGISTER: dict[InputType, Register] = {
    "uri_file": _data,
    "uri_folder": _data,
    "mltable": _data,
    "mlflow_model": _model,
    "custom_model": _model,
}
"""How an output is registered, by its type."""


def _published(workspace: WorkspaceContext, job: Job, folder: AttemptFolder, name: str) -> str:
    """Link the files of an output into the default datastore, where they stay if the job is deleted; return where."""
    location = DatastorePath(DEFAULT, f"azureml/{job.name}/{name}")
    target = DatastoreService(workspace).directory(DEFAULT) / location.path
    if target.exists():
        return str(location)
    kept, inside = folder.path, f"{folder.stored_outputs.name}/{name}"
    temporary = target.with_name(f".{uuid4().hex}")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        if nofollow.is_folder(kept, inside):
            temporary.mkdir()
            for found in nofollow.walk(kept, inside):
                _link(kept / inside / found.path, temporary / found.path)
        else:
            _link(kept / inside, temporary)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return str(location)


def _link(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without hard links
        shutil.copy2(file, target, follow_symlinks=False)
