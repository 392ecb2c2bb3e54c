# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The field's names: lifecycle stage, runner, event log, kind; experiments with the columns of every resource."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _jobs_and_events()
    _experiments()


def _jobs_and_events() -> None:
    for table, before, after in (
        ("jobs", "shelf", "lifecycle_stage"),
        ("attempts", "spool_offset", "event_log_offset"),
        ("events", "noun", "kind"),
    ):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {before} TO {after}")
    op.drop_index("ix_jobs_shelf")
    op.create_index("ix_jobs_lifecycle_stage", "jobs", ["lifecycle_stage", "id"])
    op.add_column("jobs", sa.Column("runner", _WORDS, nullable=False, server_default="supervisor"))
    op.execute("UPDATE jobs SET runner = 'papermill' WHERE external")
    op.execute("UPDATE jobs SET runner = 'mlflow' WHERE type = 'mlflow_run'")
    op.drop_column("jobs", "external")


def _experiments() -> None:
    for column in (
        sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("search", _WORDS, nullable=False, server_default=""),
        sa.Column("last_job_at", sa.BigInteger),
    ):
        op.add_column("experiments", column)
    op.execute("UPDATE experiments SET lifecycle_stage = 1 WHERE archived")
    op.execute(
        "UPDATE experiments SET last_job_at = "
        "(SELECT max(jobs.created_at) FROM jobs WHERE jobs.experiment_name = experiments.name)"
    )
    _fill_search()
    op.drop_column("experiments", "archived")
    op.create_index("ix_experiments_lifecycle_stage", "experiments", ["lifecycle_stage"])
    for name in ("created_at", "last_job_at"):
        op.create_index(f"ix_experiments_{name}", "experiments", [name, "name", "lifecycle_stage"])


def _fill_search() -> None:
    table = sa.table("experiments", sa.column("name", sa.Text), sa.column("description"), sa.column("search"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.name, table.c.description)).all():
        search = "\n".join(filter(None, [row.name, row.description])).casefold()
        connection.execute(sa.update(table).where(table.c.name == row.name).values(search=search))
