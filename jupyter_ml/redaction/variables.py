# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the confidential values among environment variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["confidential"]

PRIVATE = re.compile(r"(TOKEN|SECRET|PASSWO?R?D|API_?KEY|ACCESS_KEY|CONNECTION_STRING)$", re.IGNORECASE)
"""Names of variables whose values are confidential."""
_CREDENTIALS = re.compile(r"://([^\s/?#]+)@")
"""In a URL, of which a value may have several."""
_TOKEN_LENGTH = 20
"""A shorter name of a user without a password is a name."""
MIN_LENGTH = 8
"""A shorter value would redact ordinary words in the output of a job."""


def confidential(environment: Mapping[str, str]) -> list[str]:
    """Return the confidential values of an environment: passwords and tokens, by their names or in URLs."""
    values = [value for name, value in environment.items() if PRIVATE.search(name)]
    values += (found for value in environment.values() for found in _in_urls(value))
    return [value for value in values if len(value) >= MIN_LENGTH]


def _in_urls(value: str) -> Iterator[str]:
    """Yield the passwords in the URLs of a text, and tokens in place of the name of a user."""
    for credentials in _CREDENTIALS.findall(value):
        user, _, password = credentials.partition(":")
        secret = password or (user if len(user) >= _TOKEN_LENGTH else "")
        yield from dict.fromkeys([secret, unquote(secret)])
