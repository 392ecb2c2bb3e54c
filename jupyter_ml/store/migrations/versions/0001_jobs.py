# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs, experiments, events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CANCELED = sa.text("cancel_requested_at IS NOT NULL")


def upgrade() -> None:
    _experiments()
    _jobs()
    _job_details()
    _job_values()
    _attempts()
    _events()


def _experiments() -> None:
    op.create_table(
        "experiments",
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("description", _WORDS),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_experiments"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shelf", sa.SmallInteger, nullable=False),
        sa.Column("state", _WORDS, nullable=False),
        sa.Column("type", _WORDS, nullable=False),
        sa.Column("experiment_name", _WORDS, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("display_name", _WORDS, nullable=False),
        sa.Column("search", _WORDS, nullable=False),
        sa.Column("compute", _WORDS),
        sa.Column("host", _WORDS),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("retries", sa.Integer, nullable=False),
        sa.Column("cancel_requested_at", sa.BigInteger),
        sa.Column("run_id", _WORDS),
        sa.Column("external", sa.Boolean, nullable=False),
        sa.Column("user", _WORDS),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["experiment_name"], ["experiments.name"], name="fk_jobs_experiment_name"),
        sa.UniqueConstraint("name", name="uq_jobs_name"),
        sa.UniqueConstraint("run_id", name="uq_jobs_run_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_queue", "jobs", ["state", "compute", sa.text("priority DESC"), "id"])
    op.create_index("ix_jobs_canceled", "jobs", ["state"], sqlite_where=_CANCELED, postgresql_where=_CANCELED)
    op.create_index("ix_jobs_shelf", "jobs", ["shelf", "id"])
    op.create_index("ix_jobs_experiment", "jobs", ["experiment_name", "shelf", "created_at"])
    for column in ("name", "created_at", "started_at", "ended_at", "display_name", "experiment_name", "state"):
        op.create_index(f"ix_jobs_{column}", "jobs", [column, "id", "shelf"])


def _of_job(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=f"fk_{table}_job_id", ondelete="CASCADE")


def _job_details() -> None:
    op.create_table(
        "job_details",
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("description", _WORDS),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("snapshot", _WORDS),
        sa.Column("spec", sa.Text),
        sa.Column("cause", sa.Text),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_details"),
        _of_job("job_details"),
    )


def _job_values() -> None:
    values = {
        "job_params": [sa.Column("text", _WORDS, nullable=False), sa.Column("number", sa.Double)],
        "job_metrics": [
            sa.Column("value", sa.Double),
            sa.Column("step", sa.BigInteger, nullable=False),
            sa.Column("time", sa.BigInteger, nullable=False),
        ],
        "job_tags": [sa.Column("text", _WORDS, nullable=False)],
    }
    for table, columns in values.items():
        op.create_table(
            table,
            sa.Column("key", _WORDS, nullable=False),
            sa.Column("job_id", _ID, nullable=False),
            *columns,
            sa.PrimaryKeyConstraint("key", "job_id", name=f"pk_{table}"),
            _of_job(table),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{table}_job_id", table, ["job_id"])
    op.create_index("ix_job_params_value", "job_params", ["key", "number", "text", "job_id"])
    op.create_index("ix_job_metrics_value", "job_metrics", ["key", "value", "job_id"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("job_id", _ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("state", _WORDS, nullable=False),
        sa.Column("cause", sa.Text),
        sa.Column("process", sa.Text),
        sa.Column("spool_offset", sa.BigInteger, nullable=False),
        sa.Column("progress", sa.Text),
        sa.Column("usage", sa.Text),
        sa.PrimaryKeyConstraint("job_id", "number", name="pk_attempts"),
        _of_job("attempts"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("sequence", _ID, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("type", _WORDS, nullable=False),
        sa.Column("noun", _WORDS, nullable=False),
        sa.Column("name", _WORDS, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_events"),
        sqlite_autoincrement=True,
    )
