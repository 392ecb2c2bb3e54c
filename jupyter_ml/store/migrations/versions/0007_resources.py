# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes have a type, as in Azure ML; the versions of Jupyter ML that changed the tables are recorded.

There are data assets. Datastores have a type with settings of its own, and a reference to credentials in the vault.
"""

from __future__ import annotations

import json

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
    _add_datastore_types()
    _data()


def _data() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    number = sa.Integer if sqlite else sa.BigInteger
    op.create_table(
        "data",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("description", _TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("search", _TEXT, nullable=False, server_default=""),
        sa.Column("latest_id", number, nullable=False),
        sa.Column("next_version", sa.BigInteger, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_data"),
    )
    op.create_index("ix_data_lifecycle_stage", "data", ["lifecycle_stage"])
    op.create_index("ix_data_created_at", "data", ["created_at", "name", "lifecycle_stage"])
    op.create_table(
        "data_versions",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("version", _TEXT, nullable=False),
        sa.Column("description", _TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", _TEXT, nullable=False),
        sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("search", _TEXT, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("properties", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("type", _TEXT, nullable=False),
        sa.Column("path", _TEXT, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_versions"),
        sa.UniqueConstraint("name", "version", name="uq_data_versions_name_version"),
        sa.ForeignKeyConstraint(["name"], ["data.name"], name="fk_data_versions_name", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_data_versions_lifecycle_stage", "data_versions", ["name", "lifecycle_stage", "id"])
    op.create_index("ix_data_versions_created_at", "data_versions", ["name", "created_at", "id", "lifecycle_stage"])


def _add_datastore_types() -> None:
    op.add_column("datastores", sa.Column("settings", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("datastores", sa.Column("credentials", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("datastores", sa.Column("vault_scope", _TEXT))
    table = sa.table("datastores", sa.column("name"), sa.column("path"), sa.column("settings"))
    connection = op.get_bind()
    for name, path in connection.execute(sa.select(table.c.name, table.c.path)).all():
        settings = json.dumps({"path": path}, separators=(",", ":"))
        connection.execute(table.update().where(table.c.name == name).values(settings=settings))
    op.drop_column("datastores", "path")
