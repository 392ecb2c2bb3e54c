"""Whether the words of a simple command of bash are more than words to it: names, code, numbers to compute with."""

from __future__ import annotations

import re
from itertools import pairwise

from jupyter_ml.schemas.interpreters import INTERPRETERS, arguments, reads_code
from jupyter_ml.schemas.programs import (
    ASSIGNMENT,
    FILE,
    MARK,
    PREFIXES,
    PROGRAMS,
    SPLIT,
    RefusedError,
    base_name,
    program,
)

__all__ = ["EVALUATED", "check", "check_input", "computes_later"]

_LISTS = {"for", "select", "case", "function"}
"""Begin what is no command but a list of words."""
EVALUATED = {
    *("PS4", "BASH_ENV", "ENV", "PROMPT_COMMAND", "SHELLOPTS", "BASHOPTS", "BASH_ALIASES"),
    *("HISTCMD", "OPTIND", "RANDOM", "SECONDS", "DIRSTACK"),
}
"""Variables whose values bash runs or computes with."""
_DECLARE = {"declare", "typeset", "local", "readonly", "export"}
_ARRAYS = {"declare", "typeset", "local"}
"""Of these those that evaluate a value as the elements of an array, if the variable is one already."""
_NAMES = {"read", "unset", "mapfile", "readarray", "getopts", "let"}
"""Builtins that take names, which may have subscripts that are computed."""
_NAMED = {"printf": "-v", "wait": "-p"}
"""Builtins that take a name behind an option."""
_COMPARE = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R"}
_FIRST_IS_CODE = {"awk", "gawk", "mawk", "nawk", "sed", "jq"}
_CODE = _FIRST_IS_CODE | INTERPRETERS
_SPLIT = re.compile(r"-[^-]*\0|--s")
"""An option that may be the one of ``env`` with a whole command in it."""


def check(words: list[str]) -> None:
    """Refuse a command in which an expression is more than a word."""
    if not any(MARK in word for word in words):
        return
    if words[0] in _LISTS:
        _check_list(words)
        return
    _check_name(words)
    index = program(words)
    own, name = words[index:], base_name(words[index])
    if any(FILE in word for word in words[:index]):
        check_input(words)
    if any(MARK in word for word in own):
        _check_names(name, own)
        _check_builtin(name, own)
    found = [word.replace("{}", MARK) for word in words] if name == "find" else words
    for position, word in enumerate(found):
        interpreter = base_name(word)
        if interpreter in _CODE and _check_code(interpreter, found[position + 1 :]):
            return  # all else are arguments of a script


def _check_names(name: str, words: list[str]) -> None:
    if name in PROGRAMS:
        raise RefusedError(f"would be run by {name} as code: write a script and give it the value as an argument")
    if name in _NAMES:
        raise RefusedError(f"would be a name for {name}, and bash computes with parts of names")
    if name in _NAMED and _is_named(words):
        raise RefusedError(f"would be a name for {name}, or its option {_NAMED[name]} with one: put -- before it")


def _check_builtin(name: str, words: list[str]) -> None:
    if name in ("source", "."):
        _check_file(name, [word for word in words[1:] if word != "--"][:1])
    if name in _DECLARE:
        _check_declaration(words)
    if name in ("[", "test"):
        _check_split(words)
    if name in ("[", "test", "[["):
        _check_test(words)


def _check_split(words: list[str]) -> None:
    if any(SPLIT in word for word in words):
        raise RefusedError("stands in a $(…) that may become several words, options as well: put quotes around that")


def check_input(words: list[str]) -> None:
    """Refuse a command that reads an expression and takes it for more than a value."""
    reason = reads_code(words) or _hands_on(words)
    if reason:
        raise RefusedError(reason)


def computes_later(words: list[str]) -> str | None:
    """Return why no expression may be near a declaration: whatever its variables are set to is computed with."""
    own = words[program(words) :] if words else []
    name = own[0] if own else ""
    options = "".join(word for word in own[1:] if word.startswith("-"))
    if name not in _DECLARE or not set(options) & ({"i"} if name == "export" else {"i", "n"}):
        return None
    return f"may be computed with by bash, because of {name} with -i or -n: leave that option out"


def _hands_on(words: list[str]) -> str | None:
    """Return why a command must not read a value: it makes it a word of a command in which it would be more."""
    before = [base_name(word) for word in words[: program([*words, MARK])]]
    if "xargs" not in before:
        return None
    taken = words[before.index("xargs") :]
    own = taken[program([*taken, MARK]) :]
    if not own and not PREFIXES & set(before[before.index("xargs") + 1 :]):
        return None  # it runs `echo`
    option = re.compile(r"-I(.*)|-i(.*)|--replace(?:=(.*))?", re.DOTALL)
    replaced = ""
    for word, following in pairwise([*taken[: len(taken) - len(own)], ""]):
        match = option.fullmatch(word)
        if match:
            replaced = "".join(filter(None, match.groups())) or (following if word == "-I" else "{}")
    run = [word.replace(replaced, MARK) for word in own] if replaced else [*own, MARK]
    try:
        check(run)
    except RefusedError:
        return "would be more than an argument of what xargs runs: write a script and let xargs run that"
    return None if replaced else reads_code(own)


def _check_list(words: list[str]) -> None:
    if words[0] in ("for", "select") and words[1:2] and words[1] in EVALUATED:
        raise RefusedError(f"would be run by bash as the value of {words[1]}")


def _check_file(name: str, words: list[str]) -> None:
    """Refuse output of commands as the file that has the code."""
    if any(FILE in word for word in words):
        raise RefusedError(f"would be code for {name}: write a script and give it the value as an argument")
    _check_split(words)


def _is_named(words: list[str]) -> bool:
    """Tell whether an expression is the name behind an option, or may be an option that comes with its name."""
    rest = iter(words[1:])
    for word in rest:
        name = next(rest, "") if word == _NAMED[words[0]] else ""
        if MARK in name or (MARK in word and word.startswith(("-", MARK))):
            return True
        if word == "--" or not word.startswith("-"):
            return False
    return False


def _check_name(words: list[str]) -> None:
    index = program(words)
    _check_split(words if index and base_name(words[index]) in _DECLARE else words[:index])
    splits = "env" in map(base_name, words[:index])
    if MARK in words[index] or (splits and any(MARK in word and _SPLIT.match(word) for word in words[:index])):
        raise RefusedError("would be the command itself: write the name of a program before it")
    for word in words[:index]:
        name = word.partition("=")[0]
        if MARK in word and name in EVALUATED:
            raise RefusedError(f"would be run by bash as the value of {name}")


def _check_declaration(words: list[str]) -> None:
    options = "".join(word for word in words[1:] if word.startswith("-") and MARK not in word)
    for word in words:
        found = ASSIGNMENT.match(word)
        name = found[0].rstrip("+=") if found else MARK
        computed = words[0] in _ARRAYS or set(options) & set("inaA")
        if MARK in word and (computed or MARK in name or name in EVALUATED):
            raise RefusedError(f"would be computed with by {words[0]}: write NAME=… on a line of its own")


def _check_test(words: list[str]) -> None:
    risky = _COMPARE if words[0] == "[[" else {"-v", "-R"}
    for word in risky & set(words):
        raise RefusedError(
            f"stands beside {word} in {words[0]}, where bash computes with it: write [ … ] with -eq, or use ="
        )
    beside = (one for one, word in pairwise(words) if MARK in word and MARK in one)
    if words[0] != "[[" and any(one.startswith(("-", MARK)) for one in beside):
        raise RefusedError(f"stands behind another one in {words[0]}, which may be the operator -v: write the operator")


def _check_code(name: str, words: list[str]) -> bool:
    """Refuse an expression in the code that an interpreter gets as an argument; tell whether it gets a script."""
    if name in _FIRST_IS_CODE:
        _check_program(name, words)
    if name not in INTERPRETERS:
        return False
    own, kind = arguments(name, words)
    if kind == "code" and any(MARK in word for word in own):
        raise RefusedError(
            f"stands in the code that {name} gets: give it the value as an argument behind the code, "
            "or set a variable for it, as X=… before the command"
        )
    _check_file(name, own)
    return kind != "input"


def _check_program(name: str, words: list[str]) -> None:
    for index, word in enumerate(words):
        given = word.startswith("-") or (index and words[index - 1] in ("-v", "-F", "-f", "--arg", "--argjson"))
        if FILE in word and given:
            raise RefusedError(f"stands in the code that {name} gets: set a variable for it, as X=… before the command")
        if name == "jq" and index > 1 and words[index - 2] in ("--arg", "--argjson"):
            given = True
        if MARK in word and (not given or re.match(r"-e|--expression", word)):
            raise RefusedError(f"stands in the code that {name} gets: set a variable for it, as X=… before the command")
        if MARK in word and name != "jq" and (word.startswith("-v") or words[index - 1] == "-v"):
            raise RefusedError(f"is changed by -v of {name}, for which \\ is special: write X=… before and use ENVIRON")
        if not given:
            return
