# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The order of the queue takes into account how long jobs wait, and what they need of their compute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.drop_index("ix_jobs_queue", "jobs")
    op.create_index(
        "ix_jobs_queue", "jobs", ["state", "compute", sa.text("(created_at - priority * 86400000000)"), "id"]
    )
    op.add_column("job_details", sa.Column("resources", sa.Text))
    op.add_column("job_details", sa.Column("waits_for", sa.Text))
    op.add_column("attempts", sa.Column("gpus", sa.Text))
