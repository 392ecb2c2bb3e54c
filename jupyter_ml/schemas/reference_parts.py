# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check the parts of references: names, paths and URLs."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from jupyter_ml.errors import InvalidInputError

__all__ = [
    "ASSET_NAME",
    "as_text",
    "require_local",
    "require_name",
    "require_path",
    "require_printable",
    "require_url",
    "shown",
    "workspace_of",
]

ASSET_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$"
"""Pattern of names, versions and labels."""

_SHOWN_CHARS = 200
_CONFIDENTIAL = re.compile(r"(sig|signature|token|secret|password|passwd|pwd|pass|auth|jwt|key|code)$", re.IGNORECASE)
"""Names of the parameters of URLs whose values give access."""
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_ONE_SLASH = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/(?!/)|(?P<known>https?|s3|gs|abfss?|wasbs?|adl|hdfs|s?ftp|dbfs|file):(?!/)",
    re.IGNORECASE,
)
"""The beginning of a URL with fewer than two slashes."""


def as_text(name: object) -> str:
    """Return the name or the reference that a caller gives; InvalidInputError if it is not text."""
    if not isinstance(name, str):
        raise InvalidInputError(f"name: must be text (got {name!r})", field="name")
    return name


def require_name(what: str, text: str) -> None:
    """Raise InvalidInputError unless `text` can be a name, a version or a label; `what` describes it."""
    if not text:
        raise InvalidInputError(f"the {what} is empty")
    if not re.fullmatch(ASSET_NAME, text):
        raise InvalidInputError(
            f"the {what} {shown(text)} is not valid: it has letters, digits, '.', '_' and '-', begins with one of the "
            "first two, and has 255 characters at most"
        )


def require_path(text: str) -> None:
    """Raise InvalidInputError unless `text` is a path below its start, also where ``%2e`` is decoded."""
    decoded = unquote(text)
    require_printable(text)
    require_printable(decoded)
    if ".." in re.split(r"[/\\]", decoded):
        raise InvalidInputError(f"the path {shown(text)} has '..': write it from the top of the datastore or output")


def require_url(text: str) -> None:
    """Raise InvalidInputError unless `text` is a URL without a secret, which is not shown."""
    scheme = text.partition(":")[0]
    try:
        parts = urlsplit(text)
        confidential = ["password"] if parts.password is not None else []
        if scheme.lower() in ("http", "https") and parts.username:  # git hosts take a token as the name of the user
            confidential.append("user name or token")
        for pairs in (parts.query, parts.fragment):
            confidential += [name for name, _ in parse_qsl(pairs, keep_blank_values=True)]
    except ValueError as error:
        raise InvalidInputError(f"not a valid {scheme} URL: {error}") from None
    for name in filter(_CONFIDENTIAL.search, confidential):
        raise InvalidInputError(
            f"the {scheme} URL has a secret ({shown(name)}), and references are stored and shown as they are: remove it"
        )
    require_printable(text)


def require_local(text: str, *, only_path: bool) -> None:
    """Raise InvalidInputError if `text` is not a path of this machine, or more likely a mistake in something else.

    With `only_path`, only a path is expected, and one that resembles a URL is not a mistake.
    """
    if _DRIVE.match(text):
        raise InvalidInputError(
            f"{shown(text)} is a path of Windows; if {text[:2]} is a directory, write ./{text[:2]}/"
        )
    if text.startswith("\\\\"):
        raise InvalidInputError(f"{shown(text)} is a network path of Windows: mount it, and write its path here")
    if "\0" in text:
        raise InvalidInputError(f"{shown(text)} cannot be a path: it has a NUL character")
    if only_path:
        return
    if text[0].isspace():
        raise InvalidInputError(f"{shown(text)} begins with a space: remove it, or write ./ before it")
    if match := _ONE_SLASH.match(text):
        scheme = match["scheme"] or match["known"]
        slashes = ":///" if scheme.lower() == "file" else "://"
        raise InvalidInputError(
            f"{shown(text)} has too few slashes for a URL: write {scheme}{slashes}…; if {scheme}: is part of a file "
            "name, write ./ before it"
        )


def require_printable(text: str) -> None:
    """Raise InvalidInputError if a character of `text` is invisible, or changes the direction of writing."""
    hidden = next((character for character in text if not character.isprintable()), None)
    if hidden is not None:
        raise InvalidInputError(f"{shown(text)} has the invisible character U+{ord(hidden):04X}")


def shown(value: object, max_chars: int = _SHOWN_CHARS) -> str:
    """Return a value for a message, shortened: text in quotes with invisible characters escaped, others as in JSON."""
    if isinstance(value, str):
        return repr(value if len(value) <= max_chars else f"{value[:max_chars]}…")
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):  # keys that are not text, a mapping that contains itself
        text = str(value)
    return text if len(text) <= max_chars else f"{text[:max_chars]}…"


def workspace_of(scope: str) -> str:
    """Return the name of the workspace that a scope is, or another scope as it is."""
    return scope.rpartition("/")[2] if scope.startswith("subscriptions/") else scope
