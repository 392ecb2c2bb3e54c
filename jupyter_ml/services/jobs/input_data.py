# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Resolve the inputs of a job: what they are when it is submitted, and what it gets for them when it starts.

`Job.inputs` and `Job.outputs` are the only record of what a job has read and registered by name.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from jupyter_ml.errors import InvalidInputError, NotFoundError, reason
from jupyter_ml.schemas.data import DATA, DataType
from jupyter_ml.schemas.delivery import Delivery, DeliveryRequest, Upload, file_name, is_folder
from jupyter_ml.schemas.job_data import InputRecord
from jupyter_ml.schemas.job_spec import DataInput
from jupyter_ml.schemas.model_locations import LoggedModelRef, RegisteredModelRef, parse_model_location
from jupyter_ml.schemas.models import MODEL, ModelType
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import AssetRef, Url, parse_reference
from jupyter_ml.services.jobs.asset_inputs import ASSETS, logged_model, registered_model
from jupyter_ml.services.locations import locate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.fingerprints import Fingerprint
    from jupyter_ml.schemas.job_data import InputType
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.launch import AttemptFolder
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
    from jupyter_ml.services.locations import Located

__all__ = [
    "check_outputs",
    "delivery_request",
    "input_values",
    "is_downloaded",
    "is_local",
    "registered",
    "resolve_input",
    "resolve_inputs",
    "with_values",
]

DEFAULT_TYPE: InputType = "uri_folder"
"""As in Azure ML."""
MARKERS = {"mltable": "MLTable", "mlflow_model": "MLmodel"}
"""The file that a directory of a type has."""


def resolve_inputs(context: WorkspaceContext, loaded: LoadedSpec[Any]) -> dict[str, InputRecord]:
    """Return what each input of data is, by name.

    Raises
    ------
    InvalidInputError
        If an input names nothing that exists, or is not of its type.
    """
    records = {}
    for name, value in loaded.spec.inputs.items():
        if not isinstance(value, DataInput):
            continue
        with loaded.located("inputs", name, "path"):
            field = f"inputs.{name}.path"
            try:
                records[name] = resolve_input(context, value)
            except (InvalidInputError, NotFoundError) as error:
                raise InvalidInputError(f"{field}: {error}", field=field) from error
    return records


def check_outputs(context: WorkspaceContext, loaded: LoadedSpec[Any]) -> None:
    """Raise InvalidInputError if an output names a datastore that does not exist, or a version that does."""
    for name, output in loaded.spec.outputs.items():
        with loaded.located("outputs", name):
            field = f"outputs.{name}"
            try:
                if output.path is not None:
                    locate(context, parse_reference(output.path))
                if output.name is not None and output.version is not None and output.type in get_args(DataType):
                    _require_new(context, AssetRef(output.name, output.version))
            except (InvalidInputError, NotFoundError) as error:
                raise InvalidInputError(f"{field}: {error}", field=field) from error


def _require_new(context: WorkspaceContext, version: AssetRef) -> None:
    with suppress(NotFoundError):
        context.store.data.get(version.short)
        raise InvalidInputError(f"there is already {version.short}: choose another version, or leave it out")


def resolve_input(context: WorkspaceContext, value: DataInput) -> InputRecord:
    """Return what an input is."""
    reference = parse_reference(value.path)
    if isinstance(reference, AssetRef):
        return _asset(context, value, reference)
    if isinstance(reference, Url) and reference.url.startswith("models:"):
        return _mlflow(context, value)
    located = locate(context, reference)
    kind = value.type or DEFAULT_TYPE
    _check_type(located, kind, value.path)
    named = located.location if located.path is not None else str(reference)
    return InputRecord(reference=named, type=kind, location=located.location)


def _asset(context: WorkspaceContext, value: DataInput, reference: AssetRef) -> InputRecord:
    reference = require_here(reference, context.settings.name)
    is_model = value.type in get_args(ModelType)
    kind = reference.kind or (MODEL.plural if is_model else DATA.plural)
    resolve = ASSETS.get(kind)
    if resolve is None:
        raise InvalidInputError(f"{reference} is one of the {kind}, which cannot be an input")
    return _of_type(value, resolve(context, AssetRef(reference.name, reference.version, reference.label)))


def _mlflow(context: WorkspaceContext, value: DataInput) -> InputRecord:
    """Return the model that an input ``models:/…`` is."""
    found = parse_model_location(value.path)
    if isinstance(found, LoggedModelRef):
        return _of_type(value, logged_model(context, found.model_id))
    assert isinstance(found, RegisteredModelRef)
    version = None if found.version is None else str(found.version)
    return _of_type(value, ASSETS[MODEL.plural](context, AssetRef(found.name, version, found.alias)))


def _of_type(value: DataInput, record: InputRecord) -> InputRecord:
    """Return what was found; InvalidInputError if the input is to be something else."""
    if value.type not in (None, record.type):
        raise InvalidInputError(f"{record.reference} is not a {value.type}; write type: {record.type}")
    return record


def _check_type(located: Located, kind: InputType, given: str) -> None:
    """Raise InvalidInputError if something on this machine does not exist, or is not of a type."""
    path = located.path
    if path is None:
        return
    try:
        exists, directory = path.exists(), path.is_dir()
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be accessed: {reason(error)}") from None
    if not exists:
        raise InvalidInputError(f"{path} does not exist" if str(path) == given else f"{given}: {path} does not exist")
    if kind in ("uri_file", "uri_folder", *MARKERS) and directory != (kind != "uri_file"):
        other = "uri_folder" if directory else "uri_file"
        raise InvalidInputError(f"{path} is not a {kind}; write type: {other}")
    if kind in MARKERS and not (path / MARKERS[kind]).is_file():
        raise InvalidInputError(f"{path} is not of the type {kind}: it has no file {MARKERS[kind]!r}")


def with_values(spec: JobSpec, values: Mapping[str, str]) -> JobSpec:
    """Return a spec with other paths of its inputs, so that its expressions have these values."""
    inputs = {
        name: value.model_copy(update={"path": values[name]})
        if isinstance(value, DataInput) and name in values
        else value
        for name, value in spec.inputs.items()
    }
    return spec.model_copy(update={"inputs": inputs})


def input_values(job: Job, folder: AttemptFolder) -> dict[str, str]:
    """Return what an attempt gets for each input of data: a path, or with ``mode: direct`` perhaps a URI."""
    assert job.spec is not None
    values = {}
    for name, record in job.inputs.items():
        if is_local(record) or not is_downloaded(job.spec, name, record):
            values[name] = record.location
        else:
            path = folder.inputs / name
            whole = is_folder(record.type, record.location)
            values[name] = str(path if whole else path / file_name(record.location))
    return values


def delivery_request(context: WorkspaceContext, job: Job, folder: AttemptFolder) -> DeliveryRequest | None:
    """Return what is checked and downloaded before a job starts, and uploaded after it; None if that is nothing.

    Raises
    ------
    NotFoundError
        If the version of an asset was deleted in the meantime.
    """
    assert job.spec is not None
    deliveries = [_delivery(context, job.spec, name, record) for name, record in job.inputs.items()]
    needed = [each for each in deliveries if each.download or each.expected is not None]
    uploads = [
        Upload(name=name, source=str((folder.outputs / name).relative_to(folder.path)), location=output.path)
        for name, output in job.spec.outputs.items()
        if output.path is not None and output.mode != "direct"
    ]
    if not needed and not uploads:
        return None
    return DeliveryRequest(
        inputs=needed,
        uploads=uploads,
        folder=str(folder.path),
        cache=str(context.layout.data_cache),
        max_bytes=context.settings.data_cache.max_bytes,
    )


def _delivery(context: WorkspaceContext, spec: JobSpec, name: str, record: InputRecord) -> Delivery:
    value = spec.inputs[name]
    assert isinstance(value, DataInput)
    return Delivery(
        name=name,
        reference=record.reference,
        location=record.location,
        type=record.type,
        download=is_downloaded(spec, name, record),
        expected=registered(context, record),
        on_change=value.on_change,
    )


def registered(context: WorkspaceContext, record: InputRecord) -> Fingerprint | None:
    """Return what the data of an input was like when it was registered; None if that is not known."""
    if record.kind == MODEL.plural and is_local(record):
        return registered_model(context, AssetRef.parse(record.reference))
    if record.kind != DATA.plural:
        return None
    return context.store.data.get(AssetRef.parse(record.reference).short).fingerprint


def is_downloaded(spec: JobSpec, name: str, record: InputRecord) -> bool:
    """Return whether an input is downloaded before the job starts."""
    value = spec.inputs[name]
    return not is_local(record) and isinstance(value, DataInput) and value.mode != "direct"


def is_local(record: InputRecord) -> bool:
    """Return whether the data of an input is on this machine."""
    return Path(record.location).is_absolute()
