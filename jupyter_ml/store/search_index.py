# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""SQL that creates the index of ``job_search``, by which any part of a text is found.

Migration 0006 has a copy of it: what a migration does never changes.
"""

from __future__ import annotations

__all__ = ["POSTGRESQL", "SQLITE"]

SQLITE = (
    """
    CREATE VIRTUAL TABLE job_search_index USING fts5(name, source, description, cause, labels,
        content='job_search', content_rowid='job_id', tokenize='trigram case_sensitive 1')
    """,
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
"""FTS5 refers to the texts in ``job_search`` and does not store them again; triggers update it."""

POSTGRESQL = """
DO $$
DECLARE
    operators text;
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN  -- it is not installed on the server, or not allowed: texts are found by scans
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
"""The extension may be in any schema, and only ours is searched."""
