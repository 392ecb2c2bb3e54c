# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Where the content of a model is: references, and MLflow's models and artifacts of runs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_parts import require_path, shown
from jupyter_ml.schemas.reference_scopes import require_here
from jupyter_ml.schemas.references import LATEST, AssetRef, DatastorePath, JobOutput, LocalPath, Url, parse_reference

__all__ = ["LoggedModelRef", "ModelLocationRef", "RegisteredModelRef", "RunPath", "parse_model_location"]

_MODELS = re.compile(r"models:/+(?P<rest>.+)", re.DOTALL)
_RUNS = re.compile(r"runs:/+(?P<run>[A-Za-z0-9]{1,32})(?:/(?P<path>.*))?", re.DOTALL)


@dataclass(frozen=True)
class LoggedModelRef:
    """A model that a run has logged: ``models:/m-ID``."""

    model_id: str


@dataclass(frozen=True)
class RegisteredModelRef:
    """A version of a registered model: ``models:/NAME/VERSION`` or ``models:/NAME@ALIAS``.

    MLflow's names have more characters than ours.
    """

    name: str
    version: int | None = None
    alias: str | None = None


@dataclass(frozen=True)
class RunPath:
    """Artifacts of a run: ``runs:/RUN/PATH``."""

    run_id: str
    path: str


ModelLocationRef = LoggedModelRef | RegisteredModelRef | RunPath | DatastorePath | JobOutput | LocalPath


def parse_model_location(text: str) -> ModelLocationRef:
    """Return what `text` refers to, where the content of a model is expected.

    Raises
    ------
    InvalidInputError
        With the text, what is wrong with it, and what is allowed.
    """
    if match := _MODELS.fullmatch(text):
        return _parse_model(text, match["rest"])
    if text.startswith("runs:"):
        match = _RUNS.fullmatch(text)
        if match is None:
            raise InvalidInputError(f"{shown(text)} names no run: write runs:/RUN_ID/PATH")
        path = (match["path"] or "").strip("/")
        require_path(path)
        return RunPath(match["run"], path)
    found = parse_reference(text)
    if isinstance(found, AssetRef):
        return _registered(text, found)
    if isinstance(found, Url):
        raise InvalidInputError(f"{shown(text)} is a URL: create a datastore for it, and write its path there")
    return found


def _parse_model(text: str, rest: str) -> LoggedModelRef | RegisteredModelRef:
    if re.fullmatch(r"m-[0-9a-f]{8,64}", rest):
        return LoggedModelRef(rest)
    name, slash, version = rest.rpartition("/")
    if slash and version.isascii() and version.isdecimal() and len(version) <= 10:
        return RegisteredModelRef(name, int(version))
    name, at, alias = rest.rpartition("@")
    if at and name and "/" not in rest:
        return RegisteredModelRef(name, alias=alias)
    raise InvalidInputError(
        f"{shown(text)} is no model: write models:/NAME/VERSION, models:/NAME@ALIAS or models:/m-ID"
    )


def _registered(text: str, found: AssetRef) -> RegisteredModelRef:
    if found.kind not in (None, "models"):
        raise InvalidInputError(f"{shown(text)} is one of the {found.kind}, not a model")
    require_here(found, None)
    if found.version is not None and not (found.version.isascii() and found.version.isdecimal()):
        raise InvalidInputError(f"{shown(text)}: versions of models are numbers")
    return RegisteredModelRef(
        found.name, int(found.version) if found.version else None, None if found.label == LATEST else found.label
    )
