# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What interpreters read as code: an argument, a file, or their input."""

from __future__ import annotations

import re
from itertools import pairwise

from jupyter_ml.schemas import program_options
from jupyter_ml.schemas.program_options import SHELLS
from jupyter_ml.schemas.programs import MARK, PROGRAMS, VARIABLE, base_name, program

__all__ = ["INPUT", "INTERPRETERS", "arguments", "reads_code"]

_DATABASES = {
    "psql": re.compile(r"-[A-Za-z]*c|--command"),
    **dict.fromkeys(("mysql", "mariadb"), re.compile(r"-[A-Za-z]*e|--execute")),
}
"""Programs that read SQL, and their options for it; their other arguments are no scripts."""
_DATABASE_FILE = re.compile(r"-[A-Za-z]*f|--file(=.*)?", re.DOTALL)
_SQLITE = {"sqlite3", "duckdb"}
_SQLITE_ALONE = re.compile(r"--?(header|noheader|csv|json|readonly|batch|bail|column|box|line|list|table|html|quote)")
INTERPRETERS = SHELLS | program_options.INTERPRETERS.keys() | _DATABASES.keys() | _SQLITE
INPUT = re.compile(r"-|/(dev|proc)/(?!null$).*|(.*/)?stdin|(.*/)?fd/.*|(.*/)?\d+", re.DOTALL)
"""Names of files that may be a program's input."""
_SHELL_LETTERS = re.compile(r"[-+][abcefhiklmnoprstuvxBEHOPT]+")
_SHELL_WORD = {"--rcfile", "--init-file"}
_SHELL_ALONE = {"--norc", "--noprofile", "--posix", "--login", "--verbose", "--restricted", "--noediting"}
_INFORMATION = {"--version", "--help"}
_SHORT = {"python": {"-V", "-VV"}, "node": {"-v", "-h"}, "php": {"-v", "-h"}, "perl": {"-v", "-h", "-V"}}
_CODE_MODULES = {"timeit", "sqlite3"}
_INPUT_MODULES = {"code", "pdb", "asyncio", "IPython"}


def arguments(name: str, words: list[str]) -> tuple[list[str], str]:
    """Return the words that an interpreter takes for itself, and where its code is.

    That is "code" (in them), "script", "input", or "unknown" if an option is not understood.
    """
    if name in _DATABASES:
        return _database_arguments(_DATABASES[name], words)
    if name in _SQLITE:
        return _sqlite_arguments(words)
    if words[:1] and words[0] in _INFORMATION | _SHORT.get(name, set()):
        return words[:1], "script"
    return _shell_arguments(words) if name in SHELLS else _language_arguments(name, words)


def _shell_arguments(words: list[str]) -> tuple[list[str], str]:
    code, index, reads = False, 0, False
    while index < len(words):
        word = words[index]
        index += 1
        if word in _SHELL_WORD:
            index += 1
        elif _SHELL_LETTERS.fullmatch(word):
            code, reads = code or "c" in word, reads or "s" in word
            index += len(re.findall("[oO]", word))
        elif word.startswith(("-", "+")) and word not in (*_SHELL_ALONE, "-", "--"):
            return words, "unknown"
        elif not word.startswith("-") or (word == "-" and not code):
            is_input = reads or INPUT.fullmatch(word)
            return words[:index], "code" if code else "input" if is_input else "script"
    return words, "code" if code else "input"


def _language_arguments(name: str, words: list[str]) -> tuple[list[str], str]:
    own, code = [], False
    for kind, word in program_options.INTERPRETERS[name].read(words):
        own.append(word)
        if kind == "unknown":
            return words, kind
        if kind == "file" and name in ("python", "pypy"):
            return _module_arguments(own, words)
        if kind == "code":
            code = True
        if (kind in ("code", "alone") and MARK in word) or (kind == "code" and name in ("python", "pypy")):
            return own, "code"
        if kind == "argument" and code:
            return own[:-1], "code"
        if kind in ("argument", "file"):
            is_input = INPUT.fullmatch(word) or (kind == "argument" and name == "R" and word != "CMD")
            return own, "input" if is_input else "script"
    return own, "code" if code else "input"


def _module_arguments(own: list[str], words: list[str]) -> tuple[list[str], str]:
    """Return the same for a module of Python."""
    if own[-1] in _CODE_MODULES:
        return words, "code"
    return own, "input" if own[-1] in _INPUT_MODULES else "script"


def _database_arguments(option: re.Pattern[str], words: list[str]) -> tuple[list[str], str]:
    code = [following for word, following in pairwise([*words, ""]) if option.fullmatch(word)]
    code += [word for word in words if option.match(word) and not option.fullmatch(word)]
    if any(MARK in word for word in code):
        return code, "code"
    given = code or any(word in _INFORMATION | {"-V"} or _DATABASE_FILE.fullmatch(word) for word in words)
    return words, "script" if given else "input"


def _sqlite_arguments(words: list[str]) -> tuple[list[str], str]:
    own = [word for word in words if not _SQLITE_ALONE.fullmatch(word)]
    if own and own[0].startswith("-"):
        return words, "script" if own[0] in _INFORMATION else "unknown"
    return own[1:], "code" if own[1:] else "input"


def reads_code(words: list[str]) -> str | None:
    """Return why a command must not read a value: it is an interpreter without a script, or may be one."""
    if words and "$" in words[program(words)]:
        rest = words[program(words) + 1 :]
        if not rest or rest[0].startswith("-"):
            return f"would be read by {words[program(words)]}, which may be an interpreter: write the program's name"
    words = [word for word in words if not VARIABLE.fullmatch(word)]
    if not words:
        return None
    index = program(words)
    name, rest = base_name(words[index]), words[index + 1 :]
    if name in INTERPRETERS:
        reads = arguments(name, rest)[1] in ("input", "unknown")
    else:
        reads = name in PROGRAMS or (name in ("source", ".") and any(INPUT.fullmatch(word) for word in rest))
    return f"would be code for {name}: write a script and give it the value as an argument" if reads else None
