# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Refuse expressions in code: in what interpreters get as an argument or a file, and in what bash splits."""

from __future__ import annotations

import re

from jupyter_ml.schemas.interpreters import INTERPRETERS, arguments
from jupyter_ml.schemas.programs import FILE, MARK, SPLIT, VARIABLE, RefusedError

__all__ = ["CODE", "check_code", "check_file", "check_split"]

_FIRST_IS_CODE = {"awk", "gawk", "mawk", "nawk", "sed", "jq"}
CODE = _FIRST_IS_CODE | INTERPRETERS


def check_code(name: str, words: list[str]) -> bool:
    """Refuse an expression in the code that an interpreter gets as an argument; return whether it gets a script."""
    if name in _FIRST_IS_CODE:
        _check_program(name, words)
    if name not in INTERPRETERS:
        return False
    known = [word for word in words if not VARIABLE.fullmatch(word)]
    own, kind = arguments(name, words)
    if any(to == "code" and MARK in "".join(code) for code, to in (arguments(name, known), (own, kind))):
        raise RefusedError(
            f"is in the code that {name} gets: give it the value as an argument behind the code, "
            "or set a variable for it, as X=… before the command"
        )
    check_file(name, [*arguments(name, known)[0], *own])
    return kind != "input"


def _check_program(name: str, words: list[str]) -> None:
    for index, word in enumerate(words):
        given = word.startswith("-") or (index and words[index - 1] in ("-v", "-F", "-f", "--arg", "--argjson"))
        if FILE in word and given:
            raise RefusedError(f"is in the code that {name} gets: set a variable for it, as X=… before the command")
        if name == "jq" and index > 1 and words[index - 2] in ("--arg", "--argjson"):
            given = True
        if MARK in word and (not given or re.match(r"-e|--expression", word)):
            raise RefusedError(f"is in the code that {name} gets: set a variable for it, as X=… before the command")
        if MARK in word and name != "jq" and (word.startswith("-v") or words[index - 1] == "-v"):
            raise RefusedError(f"is changed by -v of {name}, for which \\ is special: write X=… before and use ENVIRON")
        if not given:
            return


def check_file(name: str, words: list[str]) -> None:
    """Refuse output of commands as the file that has the code."""
    if any(FILE in word for word in words):
        raise RefusedError(f"would be code for {name}: write a script and give it the value as an argument")
    check_split(words)


def check_split(words: list[str]) -> None:
    """Refuse output without quotes, which may be several words."""
    if any(SPLIT in word for word in words):
        raise RefusedError("is in a $(…) that may become several words, options as well: put quotes around that")
