# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes have a price, a state and a pending request.

Jobs have a text that similar jobs share, by which their durations are estimated, and their estimated start.
"""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_RECENT = 2_000
_FIELDS = {"notebook": ("notebook", "cells"), "command": ("command",)}


def upgrade() -> None:
    op.add_column("computes", sa.Column("price_per_hour", sa.Double))
    op.add_column("computes", sa.Column("observed", _TEXT, nullable=False, server_default="Running"))
    op.add_column("computes", sa.Column("message", _TEXT))
    op.add_column("computes", sa.Column("changed_at", sa.BigInteger))
    op.add_column("computes", sa.Column("request", sa.Text))
    _add_similarity()
    _add_estimates()


def _add_similarity() -> None:
    """Add it to the jobs by which the next ones are estimated, and to those that may be waiting."""
    op.add_column("jobs", sa.Column("similarity", _TEXT))
    completed = sa.text("state = 'Completed'")
    op.create_index(
        "ix_jobs_similar",
        "jobs",
        ["similarity", "compute", "id"],
        sqlite_where=completed,
        postgresql_where=completed,
    )
    connection = op.get_bind()
    query = "SELECT id, type, spec FROM jobs JOIN job_details ON job_id = id WHERE spec IS NOT NULL ORDER BY id DESC"
    found = connection.execute(sa.text(f"{query} LIMIT {_RECENT}")).all()
    update = sa.text("UPDATE jobs SET similarity = :similarity WHERE id = :id")
    for job_id, kind, spec in found:
        values = json.loads(spec)
        if kind in _FIELDS and isinstance(values, dict):
            shared = json.dumps([kind, *(values.get(field) for field in _FIELDS[kind])])
            similarity = hashlib.sha256(shared.encode()).hexdigest()[:32]
            connection.execute(update, {"similarity": similarity, "id": job_id})


def _add_estimates() -> None:
    for name in ("earliest_start", "latest_start"):
        op.add_column("job_details", sa.Column(name, sa.BigInteger))
    estimated = sa.text("earliest_start IS NOT NULL")
    op.create_index(
        "ix_job_details_estimated", "job_details", ["job_id"], sqlite_where=estimated, postgresql_where=estimated
    )
