# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""References to assets, data and files, in the spellings of Azure ML's files.

* `AssetRef`: ``azureml:NAME:VERSION``, ``azureml:NAME@LABEL``, ``azureml://data/NAME/versions/VERSION``,
  ``azureml://registries/REGISTRY/models/NAME/labels/LABEL``
* `DatastorePath`: ``azureml://datastores/NAME/paths/PATH``
* `JobOutput`: ``azureml://jobs/NAME/outputs/OUTPUT/paths/PATH``
* `Url`: ``https://…``, ``s3://…``, ``abfss://…``, and MLflow's ``runs:/…`` and ``models:/…``
* `LocalPath`: everything else

``azureml://`` may be followed by ``subscriptions/…/resourcegroups/…/workspaces/…/``. The text of a reference is
canonical: parsing it returns an equal reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, nearest
from jupyter_ml.schemas.reference_parts import (
    as_text,
    require_local,
    require_name,
    require_path,
    require_printable,
    require_url,
    shown,
    workspace_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

__all__ = [
    "LATEST",
    "AssetRef",
    "DatastorePath",
    "JobOutput",
    "LocalPath",
    "Reference",
    "Url",
    "parse_reference",
]

LATEST = "latest"
"""Label of the version of an asset that was created last."""

_MAX_CHARS = 4_096
_PREFIX = "azureml:"
_ASSET_KINDS = ("components", "data", "environments", "models")
_SCOPE = re.compile(
    r"subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"(?:/providers/Microsoft\.MachineLearningServices)?/workspaces/(?P<workspace>[^/]+)/"
    r"|registries/(?P<registry>[^/]+)/"
    r"|locations/(?P<location>[^/]+)/workspaces/(?P<workspace_id>[^/]+)/",
    re.IGNORECASE,
)
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+://|(?:runs|models):/)(?P<rest>.*)", re.DOTALL)
_FORMS = (
    "write azureml://datastores/NAME/paths/PATH, azureml://data/NAME/versions/VERSION, "
    "azureml://data/NAME/labels/LABEL or azureml://jobs/NAME/outputs/OUTPUT/paths/PATH"
)


@dataclass(frozen=True)
class AssetRef:
    """A version of an asset, or an asset; what has no versions, such as a compute, has a name only.

    Attributes
    ----------
    name : str
        Name of the asset.
    version : str or None
        A version, which may be a word.
    label : str or None
        Label of a version, e.g. ``latest``.
    kind : str or None
        Plural of its kind, in the forms that have one.
    scope : str or None
        Where it is, unless it is in this workspace: ``registries/NAME``,
        ``subscriptions/ID/resourcegroups/NAME/workspaces/NAME`` or ``locations/NAME/workspaces/ID``.
    """

    name: str
    version: str | None = None
    label: str | None = None
    kind: str | None = None
    scope: str | None = None

    def __post_init__(self) -> None:
        require_name("name", self.name)
        if self.version is not None:
            require_name("version", self.version)
        if self.version == LATEST:
            raise InvalidInputError(f"{LATEST!r} is a label, not a version: write {self.name}@{LATEST}")
        if self.label is not None:
            require_name("label", self.label)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the asset that `text` refers to, where nothing but an asset is expected.

        ``NAME``, ``NAME:VERSION`` and ``NAME@LABEL`` need no prefix there.

        Raises
        ------
        InvalidInputError
            With the text, what is wrong with it, and what is allowed.
        """
        text = as_text(text)
        found = parse_reference(text) if _has_prefix(text) or "://" in text else _located(text, _parse_name)
        if not isinstance(found, cls):
            raise InvalidInputError(f"{shown(text)} is not an asset: write NAME, NAME:VERSION or NAME@LABEL")
        return found

    def __str__(self) -> str:
        if self.kind is None:
            return _PREFIX + self.short
        tail = f"/versions/{self.version}" if self.version else f"/labels/{self.label}" if self.label else ""
        return _uri(self.scope, f"{self.kind}/{self.name}{tail}")

    @property
    def short(self) -> str:
        """``NAME``, ``NAME:VERSION`` or ``NAME@LABEL``."""
        return self.name + (f":{self.version}" if self.version else f"@{self.label}" if self.label else "")

    @property
    def is_whole(self) -> bool:
        """Whether it has neither version nor label."""
        return self.version is None and self.label is None


@dataclass(frozen=True)
class DatastorePath:
    """A file or directory in a datastore; the path is empty for the whole datastore."""

    datastore: str
    path: str = ""
    scope: str | None = None

    def __post_init__(self) -> None:
        require_name("name of the datastore", self.datastore)
        require_path(self.path)

    def __str__(self) -> str:
        return _uri(self.scope, f"datastores/{self.datastore}/paths/{self.path}")

    @property
    def workspace(self) -> str | None:
        """Name of the workspace, or another scope that is not this workspace; None if it names none."""
        return None if self.scope is None else workspace_of(self.scope)


@dataclass(frozen=True)
class JobOutput:
    """An output of a job, or a file in it; ``artifacts`` are those of its MLflow run."""

    job: str
    output: str
    path: str = ""
    scope: str | None = None

    def __post_init__(self) -> None:
        require_name("name of the job", self.job)
        require_name("name of the output", self.output)
        require_path(self.path)

    def __str__(self) -> str:
        return _uri(self.scope, f"jobs/{self.job}/outputs/{self.output}/paths/{self.path}")


@dataclass(frozen=True)
class Url:
    """A URL without a secret, whose scheme may be one of fsspec or MLflow."""

    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class LocalPath:
    """A path of this machine, as it was written."""

    path: str

    def __str__(self) -> str:
        return self.path


Reference = AssetRef | DatastorePath | JobOutput | Url | LocalPath


def parse_reference(text: str, *, only_path: bool = False) -> Reference:
    """Return what `text` refers to, where assets, data and paths are expected.

    Parameters
    ----------
    text
        The reference.
    only_path
        Whether only a path is expected, so that one that resembles a URL is not a mistake.

    Raises
    ------
    InvalidInputError
        With the text, what is wrong with it, and what is allowed. Of a URL with a secret, the text is not shown.
    """
    if not text:
        raise InvalidInputError("must not be empty")
    if len(text) > _MAX_CHARS:
        raise InvalidInputError(f"{shown(text)} has {len(text):,} characters; {_MAX_CHARS:,} are allowed")
    if _has_prefix(text):
        return _located(text, lambda text: _parse_azureml(text[len(_PREFIX) :]))
    if match := _URL.fullmatch(text):
        if not match["rest"]:
            raise InvalidInputError(f"{shown(text)} has nothing after its scheme")
        require_url(text)
        return Url(text)
    require_local(text, only_path=only_path)
    return LocalPath(text)


def _has_prefix(text: str) -> bool:
    return text[: len(_PREFIX)].lower() == _PREFIX


def _located(text: str, parse: Callable[[str], Reference]) -> Reference:
    """Return the result of `parse`, whose errors get the whole text."""
    try:
        return parse(text)
    except InvalidInputError as error:
        raise InvalidInputError(f"{shown(text)}: {error}") from None


def _parse_azureml(text: str) -> Reference:
    if text.startswith("//"):
        return _parse_uri(text[2:])
    return _parse_uri(text[1:]) if text.startswith("/subscriptions/") else _parse_name(text)


def _parse_name(text: str, kind: str | None = None, scope: str | None = None) -> AssetRef:
    if "@" in text:
        name, _, label = text.partition("@")
        return AssetRef(name, label=label, kind=kind, scope=scope)
    name, colon, version = text.partition(":")
    return AssetRef(name, version if colon else None, kind=kind, scope=scope)


def _parse_uri(text: str) -> Reference:
    scope = None
    if match := _SCOPE.match(text):
        scope, text = _scope(match), text[match.end() :]
    kind, _, rest = text.partition("/")
    name, _, rest = rest.partition("/")
    if kind == "datastores":
        return DatastorePath(name, _after("paths", rest), scope)
    if kind == "jobs":
        output, _, path = _after("outputs", rest).partition("/")
        return JobOutput(name, output, "" if path == "paths" else path.removeprefix("paths/"), scope)
    if kind == "computes":
        raise InvalidInputError("a compute contains no data; to run a job on it, write compute: azureml:NAME")
    if kind not in _ASSET_KINDS:
        raise InvalidInputError(f"unknown {kind!r}{nearest(kind, ['datastores', 'jobs', *_ASSET_KINDS])}: {_FORMS}")
    if not rest:
        return _parse_name(name, kind, scope)
    key, _, value = rest.partition("/")
    if key not in ("versions", "labels"):
        raise InvalidInputError(f"unknown {key!r}{nearest(key, ['versions', 'labels'])}: {_FORMS}")
    version, label = (value, None) if key == "versions" else (None, value)
    return AssetRef(name, version, label, kind, scope)


def _scope(match: re.Match[str]) -> str:
    parts = match.groupdict(default="")
    require_printable("".join(parts.values()))
    if parts["registry"]:
        return f"registries/{parts['registry']}"
    if parts["location"]:
        return f"locations/{parts['location']}/workspaces/{parts['workspace_id']}"
    return f"subscriptions/{parts['subscription']}/resourcegroups/{parts['group']}/workspaces/{parts['workspace']}"


def _after(word: str, rest: str) -> str:
    """Return what follows `word` and a slash; the rest may be empty."""
    first, _, path = rest.partition("/")
    if rest and first != word:
        raise InvalidInputError(f"expected {word!r} instead of {first!r}: {_FORMS}")
    return path


def _uri(scope: str | None, path: str) -> str:
    return f"{_PREFIX}//{scope}/{path}" if scope else f"{_PREFIX}//{path}"
