# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notes on words of a filter that have a meaning in other languages, and are searched as text here."""

from __future__ import annotations

import re

__all__ = ["filter_hint"]

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_OPERATORS = frozenset({"and", "or", "not", "&", "&&", "|", "||"})
_PATTERN = re.compile(r"-?[^\s:=<>\"]*[*?][^\s:=<>\"]*")


def filter_hint(text: str) -> str | None:
    """Return what a word of a filter is read as, if another language would read something else; None if there is none.

    Words in quotation marks are meant as they are written.
    """
    for word in _QUOTED.sub('""', text).split():
        if word.casefold() in _OPERATORS:
            return (
                f"{word!r} is searched as text, because all terms have to hold: is:failed,canceled is either, "
                "-is:failed is not"
            )
        if _PATTERN.fullmatch(word):
            sign = "*" if "*" in word else "?"
            return f"{sign!r} is searched as a character: leave it out, because words are found within other words"
    return None
