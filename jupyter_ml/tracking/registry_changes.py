# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find out what has changed in MLflow's registry, which has no events."""

# ruff: noqa: S608 -- the statements consist of words of this module, and their values are parameters

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyter_ml.tracking.registry_lists import PROMPTS
from jupyter_ml.tracking.registry_rows import LIVE, OWN_TAG, WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from jupyter_ml.tracking.tables import Tables

__all__ = ["ForeignVersion", "foreign_versions", "model_states"]

_STATES = f"""
    SELECT m.name, m.last_updated_time, MAX(v.last_updated_time), COUNT(v.version)
    FROM registered_models m LEFT JOIN model_versions v ON v.name = m.name AND {LIVE}
    WHERE m.workspace = '{WORKSPACE}' AND m.name NOT IN ({PROMPTS}) GROUP BY m.name, m.last_updated_time
"""
_FOREIGN = f"""
    SELECT v.name, v.version, v.creation_time, v.run_id FROM model_versions v
    WHERE {LIVE} AND v.creation_time >= :since AND v.name NOT IN ({PROMPTS}) AND NOT EXISTS (
        SELECT 1 FROM model_version_tags t
        WHERE t.workspace = v.workspace AND t.name = v.name AND t.version = v.version AND t.key = '{OWN_TAG}'
    ) ORDER BY v.creation_time
"""


class ForeignVersion(NamedTuple):
    """A version that another client of MLflow has registered."""

    name: str
    version: int
    created_ms: int
    run_id: str | None


def model_states(tables: Tables) -> dict[str, Hashable]:
    """Return, for each model, what differs after a change; MLflow notes no time for tags of versions."""
    states: dict[str, list[Hashable]] = {name: [*state] for name, *state in tables.ask(_STATES)}
    aliases = f"SELECT name, alias, version FROM registered_model_aliases WHERE workspace = '{WORKSPACE}'"
    for name, alias, version in sorted(tables.ask(aliases)):
        states.setdefault(name, []).append((alias, version))
    return {name: tuple(state) for name, state in states.items()}


def foreign_versions(tables: Tables, since_ms: int) -> Iterator[list[ForeignVersion]]:
    """Yield the versions that other clients of MLflow have registered since a time, the oldest first, in parts."""
    for part in tables.parts(_FOREIGN, since=since_ms):
        yield [ForeignVersion(*row) for row in part]
