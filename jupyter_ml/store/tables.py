# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The tables of the database.

``jobs`` holds only what lists filter and sort by, so that even a scan of it is cheap; everything else that a job has
is in ``job_details`` and ``attempts`` and is read for the jobs of one page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    event,
    false,
    text,
)

from jupyter_ml.store.columns import CodepointText, Id, Json, Timestamp
from jupyter_ml.store.metadata import metadata, partial_index
from jupyter_ml.store.resource_tables import asset_tables, resource_table
from jupyter_ml.store.search_index import POSTGRESQL, SQLITE

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "QUEUE_STEP_US",
    "attempts",
    "computes",
    "data",
    "datastores",
    "environments",
    "events",
    "experiments",
    "job_details",
    "job_metrics",
    "job_params",
    "job_search",
    "job_tags",
    "jobs",
    "lineage",
    "metadata",
    "schema_versions",
]


QUEUE_STEP_US = 86_400_000_000
"""How much earlier a job starts for each step of its priority, in microseconds: see `queue_order`."""
_SORTED = ("name", "created_at", "started_at", "ended_at", "display_name", "experiment_name", "state")


def _job_id() -> Column[int]:
    return Column("job_id", Id, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


experiments = resource_table(
    "experiments",
    metadata,
    Column("last_job_at", Timestamp),
    Column("primary_metric", CodepointText),
    Column("goal", CodepointText),
    Column("view", Json),
    sort=("created_at", "last_job_at"),
)

computes = resource_table(
    "computes",
    metadata,
    Column("type", CodepointText, nullable=False),
    Column("slots", Integer),
    Column("price_per_hour", Double),
    Column("settings", Json, nullable=False),
    Column("observed", CodepointText, nullable=False, server_default="Running"),
    Column("message", CodepointText),
    Column("changed_at", Timestamp),
    Column("request", Json),
    Column("schedules_from", Timestamp),
    sort=("created_at",),
)

datastores = resource_table(
    "datastores",
    metadata,
    Column("type", CodepointText, nullable=False),
    Column("settings", Json, nullable=False, server_default="{}"),
    Column("credentials", Json, nullable=False, server_default="[]"),
    Column("vault_scope", CodepointText),
    sort=("created_at",),
)

data = asset_tables(
    "data",
    metadata,
    Column("type", CodepointText, nullable=False),
    Column("path", CodepointText, nullable=False),
    Column("fingerprint", Json, nullable=False),
)

environments = asset_tables(
    "environments",
    metadata,
    *(Column(name, CodepointText) for name in ("script", "pyproject", "python", "exclude_newer", "image", "os_type")),
    *(Column(name, Json) for name in ("conda_file", "requirements", "build", "inference_config", "definition")),
    Column("variables", Json, nullable=False),
    Column("identity", CodepointText),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("lifecycle_stage", SmallInteger, nullable=False),
    Column("state", CodepointText, nullable=False),
    Column("type", CodepointText, nullable=False),
    Column("experiment_name", CodepointText, ForeignKey("experiments.name"), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("started_at", Timestamp),
    Column("ended_at", Timestamp),
    Column("name", CodepointText, nullable=False, unique=True),
    Column("display_name", CodepointText, nullable=False),
    Column("compute", CodepointText),
    Column("host", CodepointText),
    Column("priority", SmallInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("cancel_requested_at", Timestamp),
    Column("run_id", CodepointText, unique=True),
    Column("runner", CodepointText, nullable=False, server_default="supervisor"),
    Column("user", CodepointText),
    Column("starred", Boolean, nullable=False, server_default=false()),
    Column("similarity", CodepointText),
    Column("revision", Integer, nullable=False, server_default="1"),
    Index("ix_jobs_queue", "state", "compute", text(f"(created_at - priority * {QUEUE_STEP_US})"), "id"),
    partial_index("ix_jobs_canceled", "state", condition="cancel_requested_at IS NOT NULL"),
    partial_index("ix_jobs_starred", "id", condition="starred = 1", postgresql="starred"),
    partial_index("ix_jobs_similar", "similarity", "compute", "id", condition="state = 'Completed'"),
    Index("ix_jobs_lifecycle_stage", "lifecycle_stage", "id"),
    Index("ix_jobs_experiment", "experiment_name", "lifecycle_stage", "created_at"),
    *(Index(f"ix_jobs_{column}", column, "id", "lifecycle_stage") for column in _SORTED),
    sqlite_autoincrement=True,
)

job_details = Table(
    "job_details",
    metadata,
    _job_id(),
    Column("description", CodepointText),
    Column("tags", Json, nullable=False),
    Column("parameters", Json, nullable=False),
    Column("snapshot", CodepointText),
    Column("spec", Json),
    Column("cause", Json),
    Column("warnings", Json),
    Column("request", Json),
    Column("run_changes", Json),
    Column("logged", Boolean),  # NULL: what the code logged to MLflow may be missing in job_params and job_tags
    Column("field_revisions", Json, nullable=False, server_default="{}"),
    Column("inputs", Json),
    Column("outputs", Json),
    *(Column(name, Json) for name in ("resources", "waits_for")),  # what it needs, and lacks as the first of the queue
    *(Column(name, Timestamp) for name in ("earliest_start", "latest_start")),  # as estimated at the submission
    partial_index("ix_job_details_estimated", "job_id", condition="earliest_start IS NOT NULL"),
    partial_index("ix_job_details_run_changes", "job_id", condition="run_changes IS NOT NULL"),
    partial_index("ix_job_details_not_logged", "job_id", condition="logged IS NULL"),
)

# The key comes first: the values of one key are adjacent, in the order of the jobs, so that several conditions are
# merged in one pass (see listing.py), without a search for each job.
job_params = Table(
    "job_params",
    metadata,
    Column("key", CodepointText, primary_key=True),
    _job_id(),
    Column("text", CodepointText, nullable=False),  # shortened: an index entry has to fit a page
    Column("number", Double),
    Index("ix_job_params_job_id", "job_id"),
    Index("ix_job_params_value", "key", "number", "text", "job_id"),
    sqlite_with_rowid=False,
)

job_metrics = Table(
    "job_metrics",
    metadata,
    Column("key", CodepointText, primary_key=True),
    _job_id(),
    Column("value", Double),  # NULL is NaN: SQLite has none
    Column("step", BigInteger, nullable=False),
    Column("time", Timestamp, nullable=False),
    Index("ix_job_metrics_job_id", "job_id"),
    Index("ix_job_metrics_value", "key", "value", "job_id"),
    sqlite_with_rowid=False,
)

job_tags = Table(
    "job_tags",
    metadata,
    Column("key", CodepointText, primary_key=True),
    _job_id(),
    Column("text", CodepointText, nullable=False),
    Index("ix_job_tags_job_id", "job_id"),
    sqlite_with_rowid=False,
)

job_search = Table(
    "job_search",
    metadata,
    _job_id(),
    # casefolded: SQLite folds ASCII only
    *(Column(name, CodepointText, nullable=False) for name in ("name", "source", "description", "cause", "labels")),
)


@event.listens_for(job_search, "after_create")
def _create_search_index(_table: Table, connection: Connection, **_options: Any) -> None:
    for statement in SQLITE if connection.dialect.name == "sqlite" else (POSTGRESQL,):
        connection.exec_driver_sql(statement)


attempts = Table(
    "attempts",
    metadata,
    _job_id(),
    Column("number", Integer, primary_key=True),
    Column("started_at", Timestamp, nullable=False),
    Column("ended_at", Timestamp),
    Column("state", CodepointText, nullable=False),
    Column("cause", Json),
    Column("process", Json),
    Column("event_log_offset", BigInteger, nullable=False),
    Column("progress", Json),
    Column("eta_at", Timestamp),
    Column("usage", Json),
    Column("token", CodepointText),
    Column("verifying_key", CodepointText),
    Column("gpus", Json),
)

lineage = Table(
    "lineage",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", CodepointText, nullable=False),  # as NodeId writes them
    Column("target", CodepointText, nullable=False),
    Column("role", CodepointText, nullable=False),
    Column("label", CodepointText, nullable=False),
    Column("time", Timestamp, nullable=False),
    Index("ix_lineage_source", "source", "target"),
    Index("ix_lineage_target", "target", "source"),
)

events = Table(
    "events",
    metadata,
    Column("sequence", Id, primary_key=True),
    Column("time", Timestamp, nullable=False),
    Column("type", CodepointText, nullable=False),
    Column("kind", CodepointText, nullable=False),
    Column("name", CodepointText, nullable=False),
    Column("data", Json, nullable=False),
    sqlite_autoincrement=True,
)

schema_versions = Table(
    "schema_versions",
    metadata,
    Column("revision", CodepointText, primary_key=True),
    Column("version", CodepointText, nullable=False),
    Column("upgraded_at", Timestamp, nullable=False),
)
"""The version of Jupyter ML that created or upgraded the tables, by their revision."""
