# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments have a primary metric and a saved view of their runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("experiments", sa.Column("primary_metric", _TEXT))
    op.add_column("experiments", sa.Column("goal", _TEXT))
    op.add_column("experiments", sa.Column("view", sa.Text))
