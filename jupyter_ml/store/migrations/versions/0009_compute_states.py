# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes have a price, a state and a pending request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("computes", sa.Column("price_per_hour", sa.Double))
    op.add_column("computes", sa.Column("observed", _TEXT, nullable=False, server_default="Running"))
    op.add_column("computes", sa.Column("message", _TEXT))
    op.add_column("computes", sa.Column("changed_at", sa.BigInteger))
    op.add_column("computes", sa.Column("request", sa.Text))
