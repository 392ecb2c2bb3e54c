# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Resources have the revision of each field; jobs record whether the database has what their code logged to MLflow.

Jobs also have what their inputs and outputs are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_RESOURCES = ("experiments", "computes", "datastores", "data", "data_versions", "job_details")


def upgrade() -> None:
    for table in _RESOURCES:
        op.add_column(table, sa.Column("field_revisions", sa.Text, nullable=False, server_default="{}"))
    _add_logged()
    for name in ("inputs", "outputs"):
        op.add_column("job_details", sa.Column(name, sa.Text))


def _add_logged() -> None:
    op.add_column("job_details", sa.Column("logged", sa.Boolean))
    op.execute("UPDATE job_details SET logged = TRUE WHERE job_id IN (SELECT id FROM jobs WHERE type = 'mlflow_run')")
    missing = sa.text("logged IS NULL")
    op.create_index(
        "ix_job_details_not_logged", "job_details", ["job_id"], sqlite_where=missing, postgresql_where=missing
    )
