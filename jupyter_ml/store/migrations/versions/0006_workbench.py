# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Experiments have a primary metric and a saved view; jobs are updated and starred, and all their text is indexed.

There are datastores.
"""

from __future__ import annotations

import json
import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_FIELDS = ("name", "source", "description", "cause", "labels")
_SQLITE = (
    """
    CREATE VIRTUAL TABLE job_search_index USING fts5(name, source, description, cause, labels,
        content='job_search', content_rowid='job_id', tokenize='trigram case_sensitive 1')
    """,
    "INSERT INTO job_search_index (job_search_index) VALUES ('rebuild')",
    """
    CREATE TRIGGER job_search_insert AFTER INSERT ON job_search BEGIN
        INSERT INTO job_search_index (rowid, name, source, description, cause, labels)
            VALUES (new.job_id, new.name, new.source, new.description, new.cause, new.labels);
    END
    """,
    """
    CREATE TRIGGER job_search_delete AFTER DELETE ON job_search BEGIN
        INSERT INTO job_search_index (job_search_index, rowid, name, source, description, cause, labels)
            VALUES ('delete', old.job_id, old.name, old.source, old.description, old.cause, old.labels);
    END
    """,
    """
    CREATE TRIGGER job_search_update AFTER UPDATE ON job_search BEGIN
        INSERT INTO job_search_index (job_search_index, rowid, name, source, description, cause, labels)
            VALUES ('delete', old.job_id, old.name, old.source, old.description, old.cause, old.labels);
        INSERT INTO job_search_index (rowid, name, source, description, cause, labels)
            VALUES (new.job_id, new.name, new.source, new.description, new.cause, new.labels);
    END
    """,
)
_POSTGRESQL = """
DO $$
DECLARE
    operators text;
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        NULL;
    END;
    SELECT quote_ident(nspname) || '.gin_trgm_ops' INTO operators
        FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm';
    IF operators IS NOT NULL THEN
        EXECUTE replace('CREATE INDEX ix_job_search_text ON job_search USING gin '
            '(name OPS, source OPS, description OPS, cause OPS, labels OPS)', 'OPS', operators);
    END IF;
END $$
"""
_CHUNK = 1_000
_LONGEST, _LONGEST_VALUE = 10_000, 250


def upgrade() -> None:
    op.add_column("experiments", sa.Column("primary_metric", _TEXT))
    op.add_column("experiments", sa.Column("goal", _TEXT))
    op.add_column("experiments", sa.Column("view", sa.Text))
    op.add_column("jobs", sa.Column("starred", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_jobs_starred", "jobs", ["id"], sqlite_where=sa.text("starred = 1"), postgresql_where=sa.text("starred")
    )
    op.add_column("jobs", sa.Column("revision", sa.Integer, nullable=False, server_default="1"))
    op.add_column("job_details", sa.Column("run_changes", sa.Text))
    changed = sa.text("run_changes IS NOT NULL")
    op.create_index(
        "ix_job_details_run_changes", "job_details", ["job_id"], sqlite_where=changed, postgresql_where=changed
    )
    op.add_column("attempts", sa.Column("eta_at", sa.BigInteger))
    _search()
    _datastores()


def _datastores() -> None:
    table = op.create_table(
        "datastores",
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("description", _TEXT),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer, nullable=False, server_default="1"),
        sa.Column("search", _TEXT, nullable=False, server_default=""),
        sa.Column("type", _TEXT, nullable=False),
        sa.Column("path", _TEXT),
        sa.PrimaryKeyConstraint("name", name="pk_datastores"),
    )
    op.create_index("ix_datastores_lifecycle_stage", "datastores", ["lifecycle_stage"])
    op.create_index("ix_datastores_created_at", "datastores", ["created_at", "name", "lifecycle_stage"])
    names = ("workspaceblobstore", "workspaceartifactstore", "workspaceworkingdirectory")
    row = {"type": "local", "created_at": time.time_ns() // 1_000}
    op.bulk_insert(table, [row | {"name": name, "search": name} for name in names])


def _search() -> None:
    op.drop_column("jobs", "search")
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    table = op.create_table(
        "job_search",
        sa.Column("job_id", sa.Integer if sqlite else sa.BigInteger, nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in _FIELDS),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_search"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_search_job_id", ondelete="CASCADE"),
    )
    _fill(connection, table)
    for statement in _SQLITE if sqlite else (_POSTGRESQL,):
        connection.exec_driver_sql(statement)


def _fill(connection: sa.Connection, table: sa.Table) -> None:
    query = sa.text(
        'SELECT jobs.id, name, display_name, experiment_name, "user", description, tags, parameters, spec, cause '
        "FROM jobs JOIN job_details ON job_id = jobs.id WHERE jobs.id > :last ORDER BY jobs.id LIMIT :chunk"
    )
    last = 0
    while rows := connection.execute(query, {"last": last, "chunk": _CHUNK}).all():
        connection.execute(sa.insert(table), [_row(row) for row in rows])
        last = rows[-1].id


def _row(row: sa.Row[Any]) -> dict[str, Any]:
    tags, parameters, spec, cause = (json.loads(text or "{}") or {} for text in row[-4:])
    error = f"{cause['exception']}: {cause.get('value')}" if cause.get("exception") else None
    pairs = [f"{key}={_value(value)}" for key, value in [*tags.items(), *parameters.items()]]
    return {
        "job_id": row.id,
        "name": _text(row.name, row.display_name),
        "source": _text(spec.get("notebook") or spec.get("command")),
        "description": _text(row.description),
        "cause": _text(error, cause.get("message")),
        "labels": _text(row.experiment_name, row.user, *pairs),
    }


def _value(value: Any) -> str:
    if isinstance(value, dict) and "$type" in value:
        value = value.get("value")
    text = value if isinstance(value, str) else json.dumps(value)
    return {"True": "true", "False": "false", "None": "null"}.get(text, text)[:_LONGEST_VALUE]


def _text(*parts: str | None) -> str:
    text = "\n".join(filter(None, parts))[:_LONGEST].casefold()
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
