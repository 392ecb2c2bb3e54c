# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Refuse expressions in code: in what interpreters get as an argument or a file, and in what bash splits."""

from __future__ import annotations

import re
from itertools import pairwise

from jupyter_ml.schemas.interpreters import INTERPRETERS, arguments
from jupyter_ml.schemas.program_options import PROGRAM_FIRST
from jupyter_ml.schemas.programs import FILE, MARK, SPLIT, VARIABLE, RefusedError

__all__ = ["CODE", "check_code", "check_file", "check_options", "check_split"]

CODE = PROGRAM_FIRST.keys() | INTERPRETERS
_CODE_OPTION = re.compile(
    r"-[A-Za-z]{0,2}[ce]|-ex|-batch|(?:-[ce]|--(?:command|cmd|eval|exec|execute|expression)=)(.+)"
    r"|--(?:command|cmd|eval|exec|execute|expression)",
    re.DOTALL,
)
"""Options that give code to many programs."""
_CODE_TEXT = re.compile(r"[\s;&|()`'\"<>{}!]")
_NO_CODE = {"grep", "egrep", "fgrep", "zgrep", "rg", "echo", "tar", "wc", "docker", "podman"}
"""Programs whose options -c and -e are others."""


def check_code(name: str, words: list[str]) -> bool:
    """Refuse an expression in the code that an interpreter gets as an argument; return whether it gets a script."""
    if name in PROGRAM_FIRST:
        _check_program(name, words)
    if name not in INTERPRETERS:
        return False
    known = [word for word in words if not VARIABLE.fullmatch(word)]
    own, kind = arguments(name, words)
    for found, to in (arguments(name, known), (own, kind)):
        if to == "unknown" and MARK in "".join(words):
            raise RefusedError(f"is behind options of {name} that are not understood: write a script and run that")
        if to == "code" and MARK in "".join(found):
            raise RefusedError(
                f"is in the code that {name} gets: give it the value as an argument behind the code, "
                "or set a variable for it, as X=… before the command"
            )
    check_file(name, [*arguments(name, known)[0], *own])
    return kind not in ("input", "unknown")


def _check_program(name: str, words: list[str]) -> None:
    given = False
    for kind, word in PROGRAM_FIRST[name].read(words):
        code = kind in ("code", "unknown") or (kind == "argument" and not given)
        given = given or kind in ("code", "file", "argument")
        if (code and MARK in word) or (FILE in word and kind != "argument"):
            raise RefusedError(f"is in the code that {name} gets: set a variable for it, as X=… before the command")
        if kind == "unknown" and MARK in "".join(words):
            raise RefusedError(f"is behind {word} of {name}, which is not understood: leave that option out")
    assigned = any(MARK in f"{word}{following}" for word, following in pairwise([*words, ""]) if word == "-v")
    if name.endswith("awk") and (assigned or any(re.match(r"-v.*\0|--assign", word, re.DOTALL) for word in words)):
        raise RefusedError(f"is changed by -v of {name}, for which \\ is special: write X=… before and use ENVIRON")


def check_options(name: str, words: list[str]) -> None:
    """Refuse an expression behind an option of a program that is not known, where it looks like a part of code."""
    refused = RefusedError(
        f"looks like a part of code for {name}: give it as an argument of its own, or set a variable for it, "
        "as X=… before the command"
    )
    if "$" in name and words[:1] and words[0].startswith("-") and _shows_code(words):
        raise refused
    for option, word in pairwise(["", *words]):
        match = _CODE_OPTION.fullmatch(word)
        joined = (match[1] or "") if match else ""
        text = word if _CODE_OPTION.fullmatch(option) and not word.startswith("-") else joined
        if name in _NO_CODE or MARK not in text:
            continue
        if _CODE_TEXT.search(text) or (name == "git" and not text.startswith("user.")):
            raise refused


def _shows_code(words: list[str]) -> bool:
    """Return whether an expression is behind, or in, an option that gives code to some interpreter."""
    for index, word in enumerate(words):
        if re.match(r"-[A-Za-z]*[ceE]", word) or _CODE_OPTION.fullmatch(word):
            return any(MARK in following for following in words[index:])
    return False


def check_file(name: str, words: list[str]) -> None:
    """Refuse output of commands as the file that has the code."""
    if any(FILE in word for word in words):
        raise RefusedError(f"would be code for {name}: write a script and give it the value as an argument")
    check_split(words)


def check_split(words: list[str]) -> None:
    """Refuse output without quotes, which may be several words."""
    if any(SPLIT in word for word in words):
        raise RefusedError("is in a $(…) that may become several words, options as well: put quotes around that")
