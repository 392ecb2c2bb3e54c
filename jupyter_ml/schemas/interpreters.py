# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What interpreters read as code: an argument, a file, or their input."""

from __future__ import annotations

import re
from itertools import pairwise

from jupyter_ml.schemas.programs import MARK, PROGRAMS, VARIABLE, base_name, program

__all__ = ["DATABASES", "INTERPRETERS", "arguments", "reads_code"]

_SHELLS = {"bash", "rbash", "sh", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh"}
_LANGUAGES = {
    **dict.fromkeys(_SHELLS, re.compile(r"-[A-Za-z]*c[A-Za-z]*")),
    "python": re.compile(r"-[A-Za-z]*c"),
    **dict.fromkeys(("perl", "ruby"), re.compile(r"-[A-Za-z0-9]*[eE]")),
    "node": re.compile(r"-[ep]+|--eval|--print"),
    **dict.fromkeys(("R", "Rscript", "julia", "lua"), re.compile(r"-[eE]|--eval")),
    "php": re.compile(r"-[rBER]"),
}
"""Interpreters, and their options for code."""
DATABASES = {
    "psql": re.compile(r"-[A-Za-z]*c|--command"),
    **dict.fromkeys(("mysql", "mariadb"), re.compile(r"-[A-Za-z]*e|--execute")),
}
"""The same for those whose other arguments are no scripts."""
_DATABASE_FILE = re.compile(r"-[A-Za-z]*f|--file(=.*)?", re.DOTALL)
INTERPRETERS = _LANGUAGES.keys() | DATABASES.keys()
_WORD_OPTIONS = {
    **dict.fromkeys(_SHELLS, re.compile(r"[-+][A-Za-z]*[oO]")),
    "python": re.compile(r"-[A-Za-z]*[WX]"),
    **dict.fromkeys(("perl", "ruby"), re.compile(r"-[Ir]")),
    "node": re.compile(r"-r|--require|--import|--loader"),
    "php": re.compile(r"-[dc]"),
    "lua": re.compile(r"-l"),
}
"""Options that take a word."""
_NONE = re.compile(r"(?!)")
_REPEATED = {"perl", "ruby", "R", "Rscript", "julia", "lua"}
_INPUT = re.compile(r"-|/dev/stdin|/dev/fd/\d+|/proc/self/fd/\d+")
_SHELL_INPUT = re.compile(r"-[A-Za-z]*s[A-Za-z]*")
_INFORMATION = {"--version", "--help", "-V", "-VV"}
_SHORT = {"-v", "-h"}
"""The same, but for shells and others, to which they are more."""
_SHORT_KNOWN = {"node", "php", "perl"}


def arguments(name: str, words: list[str]) -> tuple[list[str], str]:
    """Return the words that an interpreter takes for itself, and where its code is: "code", "script" or "input"."""
    if name in DATABASES:
        return _database_arguments(DATABASES[name], words)
    option, takes = _LANGUAGES[name], _WORD_OPTIONS.get(name, _NONE)
    code, index = False, 0
    while index < len(words):
        word = words[index]
        index += 1
        if option.fullmatch(word):
            code = True
        elif option.match(word) and MARK in word:
            return words[:index], "code"
        elif takes.fullmatch(word):
            index += 1
        elif not code and (_INPUT.fullmatch(word) or (name in _SHELLS and _SHELL_INPUT.fullmatch(word))):
            return words[:index], "input"
        elif word == "-m" or _informs(name, word) or (option.match(word) and not code):
            return words[:index], "script"
        elif not word.startswith(("-", "+")) and not (code and name in _REPEATED and _again(option, words[index:])):
            return words[:index], "code" if code else "script"
    return words, "code" if code else "input"


def _informs(name: str, word: str) -> bool:
    if name in _SHELLS:
        return word in ("--version", "--help")
    return word in _INFORMATION or (name in _SHORT_KNOWN and word in _SHORT)


def _again(option: re.Pattern[str], words: list[str]) -> bool:
    return bool(words) and option.match(words[0]) is not None


def _database_arguments(option: re.Pattern[str], words: list[str]) -> tuple[list[str], str]:
    code = [following for word, following in pairwise([*words, ""]) if option.fullmatch(word)]
    code += [word for word in words if option.match(word) and not option.fullmatch(word)]
    if any(MARK in word for word in code):
        return code, "code"
    given = code or any(word in _INFORMATION or _DATABASE_FILE.fullmatch(word) for word in words)
    return words, "script" if given else "input"


def reads_code(words: list[str]) -> str | None:
    """Return why a command must not read a value: it is an interpreter without a script."""
    words = [word for word in words if not VARIABLE.fullmatch(word)]
    if not words:
        return None
    index = program(words)
    name, rest = base_name(words[index]), words[index + 1 :]
    if name in INTERPRETERS:
        reads = arguments(name, rest)[1] == "input"
    else:
        reads = name in PROGRAMS or (name in ("source", ".") and any(_INPUT.fullmatch(word) for word in rest))
    return f"would be code for {name}: write a script and give it the value as an argument" if reads else None
