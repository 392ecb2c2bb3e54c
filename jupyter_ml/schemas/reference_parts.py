# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Check the parts of references: names, paths and URLs."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from jupyter_ml.errors import InvalidInputError

__all__ = ["ASSET_NAME", "require_name", "require_path", "require_printable", "require_url", "shown"]

ASSET_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$"
"""Pattern of names, versions and labels."""

_SHOWN_CHARS = 200
_CONFIDENTIAL = re.compile(r"(sig|signature|token|secret|password|passwd|pwd|pass|auth|jwt|key|code)$", re.IGNORECASE)
"""Names of the parameters of URLs whose values give access."""


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
