# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read parameters, metrics, tags, datasets and models of a run from MLflow's tables, in milliseconds."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.schemas.run_details import DatasetInput, RunDetails
from jupyter_ml.schemas.runs import MAX_LOGGED, LoggedValues
from jupyter_ml.tracking import conversion
from jupyter_ml.tracking.tables import Tables
from jupyter_ml.tracking.uris import sqlite_file

if TYPE_CHECKING:
    from pydantic import JsonValue

    from jupyter_ml.schemas.runs import Metric

__all__ = ["StoredModel", "read_details", "read_logged", "read_metrics", "read_models"]

_STATUSES = {0: "UNSPECIFIED", 1: "PENDING", 2: "READY", 3: "FAILED"}
"""MLflow stores the status of a model as a number."""
_RUN = "SELECT name, experiment_id, status, lifecycle_stage, artifact_uri FROM runs WHERE run_uuid = :run"
_PAIRS = "SELECT key, value FROM {table} WHERE run_uuid = :run ORDER BY key LIMIT 2000"
_LOGGED = """
    SELECT key, substr(value, 1, 250) FROM {table}
    WHERE run_uuid = :run AND key NOT LIKE :mlflow AND key NOT LIKE :ours ORDER BY key LIMIT :most
"""
_METRICS = "SELECT key, value, step, timestamp, is_nan FROM latest_metrics WHERE run_uuid = :run"
_SYSTEM = {"mlflow": "mlflow.%", "ours": "jupyter_ml.%"}
_DATASETS = """
    SELECT d.name, d.digest, t.value, d.dataset_source_type, d.dataset_source, d.dataset_profile
    FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
    LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'
    WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = :run
    ORDER BY d.name, d.digest LIMIT 200
"""
_MODELS = """
    SELECT model_id, name, artifact_location, status, creation_timestamp_ms, model_type FROM logged_models
    WHERE source_run_id = :run AND lifecycle_stage = 'active' ORDER BY creation_timestamp_ms, model_id LIMIT 100
"""


class StoredModel(NamedTuple):
    """A logged model, as MLflow's tables have it."""

    model_id: str
    name: str
    location: str
    """Where its artifacts are."""
    status: str
    created_ms: int
    model_type: str | None


def read_details(uri: str, run_id: str) -> RunDetails | None:
    """Return what MLflow has of a run; None if there is no such run."""
    file = sqlite_file(uri)
    if file is not None and not file.exists():
        return None
    with closing(Tables(uri)) as tables:
        found = tables.ask(_RUN, run=run_id)
        if not found:
            return None
        [(name, experiment_id, status, stage, artifact_uri)] = found
        pairs = {table: dict(tables.ask(_PAIRS.format(table=table), run=run_id)) for table in ("params", "tags")}
        datasets = [_dataset(row) for row in tables.ask(_DATASETS, run=run_id)]
    return RunDetails(
        run_id=run_id,
        name=name or run_id,
        experiment_id=str(experiment_id),
        status=status or "RUNNING",
        deleted=stage != "active",
        artifact_uri=artifact_uri or "",
        parameters={key: value or "" for key, value in pairs["params"].items()},
        tags={key: value or "" for key, value in pairs["tags"].items()},
        datasets=datasets,
    )


def read_metrics(uri: str, run_id: str) -> dict[str, Metric]:
    """Return the last value of each metric of a run."""
    file = sqlite_file(uri)
    if file is not None and not file.exists():
        return {}
    with closing(Tables(uri)) as tables:
        return conversion.metrics(tables.ask(_METRICS, run=run_id))


def read_logged(uri: str, run_id: str) -> LoggedValues:
    """Return the parameters and tags of a run, shortened, without those of MLflow and of Jupyter ML itself."""
    file = sqlite_file(uri)
    if file is not None and not file.exists():
        return LoggedValues()
    with closing(Tables(uri)) as tables:
        parameters, tags = (
            {key: value or "" for key, value in tables.ask(query, run=run_id, most=MAX_LOGGED, **_SYSTEM)}
            for query in (_LOGGED.format(table="params"), _LOGGED.format(table="tags"))
        )
    return LoggedValues(parameters=parameters, tags=tags)


def read_models(uri: str, run_id: str) -> list[StoredModel]:
    """Return the models that a run has logged, the first 100."""
    file = sqlite_file(uri)
    if file is not None and not file.exists():
        return []
    with closing(Tables(uri)) as tables:
        rows = tables.ask(_MODELS, run=run_id)
    return [
        StoredModel(model_id, name, location, _STATUSES.get(status, str(status)), created_ms, model_type)
        for model_id, name, location, status, created_ms, model_type in rows
    ]


def _dataset(row: tuple[Any, ...]) -> DatasetInput:
    name, digest, context, kind, source, profile = row
    return DatasetInput(
        name=name,
        digest=digest,
        context=context,
        source_type=kind,
        source=source or "",
        profile=_mapping(profile),
    )


def _mapping(text: str | None) -> dict[str, JsonValue]:
    try:
        value: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
