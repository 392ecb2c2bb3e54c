# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""References that name a workspace or a registry: whether it is this one, and what to do if it is another."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_parts import shown, workspace_of
from jupyter_ml.schemas.references import AssetRef, DatastorePath, JobOutput

__all__ = ["elsewhere", "is_here", "require_here"]

R = TypeVar("R", AssetRef, DatastorePath, JobOutput)


def require_here(reference: R, here: str | None) -> R:
    """Return a reference without the workspace that it names, if that is this one.

    Parameters
    ----------
    reference
        Of any form.
    here
        Name of this workspace; None where it is not known, and a reference may not name any.

    Raises
    ------
    InvalidInputError
        If it is in another workspace or in a registry; the message contains what to do.
    """
    short, scope = replace(reference, scope=None), reference.scope
    if scope is None or is_here(scope, here):
        return short
    where = elsewhere(workspace_of(scope), here, str(short), _REMEDIES[type(reference)])
    raise InvalidInputError(f"{shown(str(reference))} {where}")


def is_here(scope: str | None, here: str | None) -> bool:
    """Return whether the scope of a reference is this workspace; none is."""
    return scope is None or (here is not None and workspace_of(scope).casefold() == here.casefold())


def elsewhere(workspace: str, here: str | None, short: str, remedy: str = "") -> str:
    """Return where a reference is that is not in this workspace, and what to do.

    Parameters
    ----------
    workspace
        What it names: a workspace, or ``registries/NAME``.
    here
        Name of this workspace, if it is known.
    short
        How it is written for this workspace.
    remedy
        What else is possible; by default what is for a datastore.
    """
    kind, slash, name = workspace.partition("/")
    what = f"the registry {name!r}" if slash and kind == "registries" else f"the workspace {workspace!r}"
    this = f"this is {here!r}" if here is not None else "only this workspace is searched"
    return f"is in {what}, and {this}: write {short} for the one of this workspace, {remedy or _STORAGE}"


_STORAGE = "or create a datastore for the storage account of the other one"
_REMEDIES: dict[type, str] = {
    AssetRef: "after you have downloaded it there and registered it here",
    DatastorePath: _STORAGE,
    JobOutput: "or download the output there and register it here as data",
}
