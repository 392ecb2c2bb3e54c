# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes have a type, as in Azure ML; the versions of Jupyter ML that changed the tables are recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.execute("ALTER TABLE computes RENAME COLUMN kind TO type")
    op.create_table(
        "schema_versions",
        sa.Column("revision", _TEXT, nullable=False),
        sa.Column("version", _TEXT, nullable=False),
        sa.Column("upgraded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_schema_versions"),
    )
