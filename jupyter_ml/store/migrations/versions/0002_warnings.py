# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Warnings of jobs, pending requests with their errors, who has claimed an attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("job_details", sa.Column("warnings", sa.Text))
    op.add_column("job_details", sa.Column("request", sa.Text))
    op.add_column("attempts", sa.Column("token", _WORDS))
