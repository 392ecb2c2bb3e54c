# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Columns with the field's names: lifecycle stage, runner, event log, kind of a resource."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
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
