# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Page through MLflow's registry: 10,000 models with 30,000 versions take 30 ms."""

# ruff: noqa: S608 -- the statements consist of words of this module, and their values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.schemas.filters import TextTerm
from jupyter_ml.tracking.registry_rows import ARCHIVED, LIVE, WORKSPACE, Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ml.schemas.assets import AssetQuery
    from jupyter_ml.schemas.filters import Term
    from jupyter_ml.tracking.tables import Tables

__all__ = ["IS_PROMPT", "PROMPTS", "page"]

IS_PROMPT = "mlflow.prompt.is_prompt"
"""Tag of what MLflow registers in the same tables and does not list as a model."""
PROMPTS = (
    f"SELECT name FROM registered_model_tags WHERE workspace = '{WORKSPACE}' AND key = '{IS_PROMPT}' AND value = 'true'"
)
"""Query for their names."""
_VERSIONS = f"""
    SELECT v.name, v.version, v.creation_time, CASE WHEN v.current_stage = '{ARCHIVED}' THEN 1 ELSE 0 END, {{text}}
    FROM model_versions v WHERE {LIVE} AND v.name = :name ORDER BY v.version DESC
"""
_LATEST = f"""
    SELECT v.name, v.version, v.creation_time, CASE WHEN m.active IS NULL THEN 1 ELSE 0 END, {{text}}
    FROM (
        SELECT v.name, MAX(CASE WHEN v.current_stage <> '{ARCHIVED}' THEN v.version END) AS active,
            MAX(v.version) AS newest
        FROM model_versions v WHERE {LIVE} GROUP BY v.name
    ) m JOIN model_versions v
        ON v.workspace = '{WORKSPACE}' AND v.name = m.name AND v.version = COALESCE(m.active, m.newest)
    WHERE v.name NOT IN ({PROMPTS})
"""


class _Found(NamedTuple):
    name: str
    version: int
    created_ms: int
    archived: int
    description: str | None


def page(tables: Tables, query: AssetQuery) -> tuple[list[Key], int]:
    """Return the versions on a page, and how many match: the latest of each model, or all of one model."""
    terms, stage = query.terms, query.stage
    words = [term for term in terms if isinstance(term, TextTerm)]
    others = [term for term in terms if not isinstance(term, TextTerm)]
    text = "v.description" if words else "NULL"
    if query.name is None:
        rows = tables.ask(_LATEST.format(text=text))
    else:
        rows = tables.ask(_VERSIONS.format(text=text), name=query.name)
    found = [
        each
        for each in map(_Found._make, rows)
        if (stage is None or bool(each.archived) is stage)
        and all(_holds(each, term) for term in others)
        and (not words or _contains(each, words))
    ]
    found.sort(key=_order(query.sort), reverse=query.descending)
    chosen = found[query.offset : query.offset + query.limit]
    return [Key(each.name, each.version) for each in chosen], len(found)


def _contains(found: _Found, words: Sequence[TextTerm]) -> bool:
    text = f"{found.name}\n{found.description or ''}".casefold()
    return all((word.text.casefold() in text) is not word.negated for word in words)


def _holds(found: _Found, term: Term) -> bool:
    """Return whether ``is:archived``, the only term besides words, holds."""
    return bool(found.archived) is not term.negated


def _order(sort: str) -> Any:
    if sort == "name":
        return lambda each: (each.name, each.version)
    return lambda each: (each.created_ms, each.name, each.version)
