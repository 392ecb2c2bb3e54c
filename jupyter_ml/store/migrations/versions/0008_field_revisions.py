# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Resources have the revision of each field; jobs record whether the database has what their code logged to MLflow.

Jobs also have what their inputs and outputs are. There are environments, and there is a lineage.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_RESOURCES = ("experiments", "computes", "datastores", "data", "data_versions", "job_details")


def upgrade() -> None:
    for table in _RESOURCES:
        op.add_column(table, _field_revisions())
    _add_logged()
    for name in ("inputs", "outputs"):
        op.add_column("job_details", sa.Column(name, sa.Text))
    _create_asset_tables(
        "environments",
        *(sa.Column(name, _TEXT) for name in ("script", "pyproject", "python", "exclude_newer", "image", "os_type")),
        *(
            sa.Column(name, sa.Text)
            for name in ("conda_file", "requirements", "build", "inference_config", "definition")
        ),
        sa.Column("variables", sa.Text, nullable=False),
        sa.Column("identity", _TEXT),
    )
    _create_lineage()


def _field_revisions() -> sa.Column[Any]:
    return sa.Column("field_revisions", sa.Text, nullable=False, server_default="{}")


def _add_logged() -> None:
    op.add_column("job_details", sa.Column("logged", sa.Boolean))
    op.execute("UPDATE job_details SET logged = TRUE WHERE job_id IN (SELECT id FROM jobs WHERE type = 'mlflow_run')")
    missing = sa.text("logged IS NULL")
    op.create_index(
        "ix_job_details_not_logged", "job_details", ["job_id"], sqlite_where=missing, postgresql_where=missing
    )


def _create_lineage() -> None:
    number = sa.Integer if op.get_bind().dialect.name == "sqlite" else sa.BigInteger
    op.create_table(
        "lineage",
        sa.Column("id", number, nullable=False, autoincrement=True),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("source", "target", "role", "label")),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lineage"),
    )
    op.create_index("ix_lineage_source", "lineage", ["source", "target"])
    op.create_index("ix_lineage_target", "lineage", ["target", "source"])


def _create_asset_tables(name: str, *columns: sa.Column[Any]) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    number = sa.Integer if sqlite else sa.BigInteger
    versions = f"{name}_versions"
    op.create_table(
        name,
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("description", _TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("search", _TEXT, nullable=False, server_default=""),
        _field_revisions(),
        sa.Column("latest_id", number, nullable=False),
        sa.Column("next_version", sa.BigInteger, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_lifecycle_stage", name, ["lifecycle_stage"])
    op.create_index(f"ix_{name}_created_at", name, ["created_at", "name", "lifecycle_stage"])
    op.create_table(
        versions,
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("version", _TEXT, nullable=False),
        sa.Column("description", _TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", _TEXT, nullable=False),
        sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("search", _TEXT, nullable=False),
        _field_revisions(),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("properties", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{versions}"),
        sa.UniqueConstraint("name", "version", name=f"uq_{versions}_name_version"),
        sa.ForeignKeyConstraint(["name"], [f"{name}.name"], name=f"fk_{versions}_name", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{versions}_lifecycle_stage", versions, ["name", "lifecycle_stage", "id"])
    op.create_index(f"ix_{versions}_created_at", versions, ["name", "created_at", "id", "lifecycle_stage"])
