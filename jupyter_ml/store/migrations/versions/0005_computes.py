# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A table of computes, with the local one in it."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    table = op.create_table(
        "computes",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("description", _TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("search", _TEXT, nullable=False, server_default=""),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("slots", sa.Integer),
        sa.Column("settings", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_computes"),
    )
    op.create_index("ix_computes_lifecycle_stage", "computes", ["lifecycle_stage"])
    op.create_index("ix_computes_created_at", "computes", ["created_at", "name", "lifecycle_stage"])
    local = {"name": "local", "kind": "local", "settings": "{}", "search": "local"}
    op.bulk_insert(table, [local | {"created_at": time.time_ns() // 1_000}])
