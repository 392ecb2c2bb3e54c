# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find versions in MLflow's registry by references such as ``NAME``, ``NAME:VERSION`` and ``NAME@ALIAS``."""

# ruff: noqa: S608 -- the statements consist of words of this module, and their values are parameters

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, NotFoundError, nearest
from jupyter_ml.schemas.reference_parts import as_text
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import AssetRef
from jupyter_ml.tracking.registry_rows import DELETED, WORKSPACE, Key, latest_of, read_versions

if TYPE_CHECKING:
    from jupyter_ml.tracking.registry_rows import ModelRow
    from jupyter_ml.tracking.tables import Tables

__all__ = ["find_key", "is_used", "parse_model", "read_version"]

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that databases cannot store, not even as the value of a query."""
RECENT = 1_000
"""Newest names among which a near match to an unknown name is searched."""


def parse_model(reference: str) -> tuple[str, int | None, str | None]:
    """Return the name, version and alias that a reference has; MLflow's names may have spaces and other characters."""
    if _UNSTORABLE.search(as_text(reference)):
        raise NotFoundError(f"there is no model {reference!r}")
    if "://" in reference or reference.lower().startswith("azureml:"):
        found = AssetRef.parse(reference)
        if found.kind not in (None, "models"):
            raise InvalidInputError(f"{reference!r} is one of the {found.kind}, not a model")
        reference = require_here(found, None).short
    name, colon, version = reference.rpartition(":")
    if colon:
        if not (version.isascii() and version.isdecimal() and len(version) <= 10):
            raise NotFoundError(f"model {name!r} has no version {version!r}: versions of models are numbers")
        return name, int(version), None
    name, at, alias = reference.rpartition("@")
    return (name, None, None if alias == "latest" else alias) if at and name else (reference, None, None)


def find_key(tables: Tables, reference: str) -> Key:
    """Return the key of the version that a reference names."""
    name, version, alias = parse_model(reference)
    latest = latest_of(tables, [name]).get(name)
    if latest is None:
        names = f"SELECT name FROM registered_models WHERE workspace = '{WORKSPACE}'"
        newest = tables.ask(f"{names} ORDER BY creation_time DESC LIMIT {RECENT}")
        suggestion = nearest(name, [each for (each,) in newest])
        raise NotFoundError(f"there is no model {name!r}{suggestion}")
    if alias is not None:
        query = f"SELECT alias, version FROM registered_model_aliases WHERE workspace = '{WORKSPACE}' AND name = :name"
        aliases = dict(tables.ask(query, name=name))
        if alias not in aliases:
            raise NotFoundError(f"model {name!r} has no alias {alias!r}{nearest(alias, ['latest', *aliases])}")
        version = aliases[alias]
    return Key(name, latest if version is None else version)


def read_version(tables: Tables, key: Key) -> ModelRow:
    """Return the version with a key; NotFoundError, with the newest one, when there is none."""
    found = read_versions(tables, [key])
    if not found:
        newest = latest_of(tables, [key.name]).get(key.name)
        raise NotFoundError(f"model {key.name!r} has no version '{key.version}'; the newest one is '{newest}'")
    return found[0]


def is_used(tables: Tables, location: str) -> bool:
    """Return whether a version that is not deleted refers to a location."""
    query = (
        f"SELECT 1 FROM model_versions WHERE COALESCE(current_stage, 'None') <> '{DELETED}' "
        "AND (storage_location = :location OR source = :location) LIMIT 1"
    )
    return bool(tables.ask(query, location=location))
