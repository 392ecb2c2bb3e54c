# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Refuse words of a bash command that bash or a program evaluates: as names, code or numbers to compute with."""

from __future__ import annotations

import re
from itertools import pairwise

from jupyter_ml.schemas.code_arguments import CODE, check_code, check_file, check_options, check_split
from jupyter_ml.schemas.interpreters import reads_code
from jupyter_ml.schemas.programs import (
    ASSIGNMENT,
    DECLARE,
    DISGUISED,
    FILE,
    MARK,
    PREFIXES,
    PROGRAMS,
    VARIABLE,
    RefusedError,
    base_name,
    program,
)

__all__ = ["LISTS", "check", "check_input", "check_value", "computes_later"]

LISTS = {"for", "select", "case", "function"}
"""Begin a list of words that is not a command."""
_EVALUATED = {
    *("PS0", "PS1", "PS2", "PS4", "BASH_ENV", "ENV", "PROMPT_COMMAND"),
    *("SHELLOPTS", "BASHOPTS", "BASH_ALIASES", "BASH_CMDS"),
    *("HISTCMD", "OPTIND", "RANDOM", "SRANDOM", "SECONDS", "DIRSTACK"),
}
"""Variables whose values bash runs or computes with."""
_ARRAYS = {"declare", "typeset", "local"}
"""Those of them that evaluate a value as the elements of an array, if the variable is one already."""
_NAMES = {"read", "unset", "mapfile", "readarray", "getopts", "let"}
"""Builtins that take names, which may have subscripts that are computed."""
_NAMED = {"printf": "-v", "wait": "-p", "hash": "-p"}
"""Builtins that take a name behind an option."""
_COMPARE = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R"}
_NAME_END = re.compile(r"[\[+=]")
_EXPANDED = re.compile(r"[*?{]|.\[(?!$)")
_RUN = {"-exec", "-execdir", "-ok", "-okdir"}
_CALLBACK = re.compile(r"-[A-Za-z]*C")
_SPLIT = re.compile(r"-[^-]*\0|-[i0v]*S|--s")
"""An option that may be the one of ``env`` with a whole command in it."""


def check(words: list[str]) -> None:
    """Refuse a command in which an expression is more than a word."""
    if not any(MARK in word for word in words):
        return
    for word in words:
        check_value(word)
    if words[0] in LISTS:
        check_value(f"{''.join(words[1:2])}={MARK}")
        return
    _check_name(words)
    index = program(words)
    _check_variable(words, index)
    own, name = words[index:], base_name(words[index])
    if any(FILE in word for word in words[:index]):
        check_input(words)
    if any(MARK in word for word in own):
        _check_names(name, own)
        _check_builtin(name, own)
    found = [word.replace("{}", MARK) for word in words] if name == "find" else words
    if name == "find" and any(MARK in following and word in _RUN for word, following in pairwise(found)):
        raise RefusedError("would be the command that find runs: write the name of a program before it")
    for position, word in enumerate(found):
        interpreter, rest = base_name(word), found[position + 1 :]
        script = interpreter in CODE and check_code(interpreter, rest)
        if script and not (rest and base_name(rest[0]) in CODE):
            found = found[:position]  # all else are arguments of a script
            break
    check_options(name, found[index + 1 :])
    if name not in DECLARE and name != "[[":
        check_split(words)


def _check_variable(words: list[str], index: int) -> None:
    """Check what would be run if a variable that stands where the program's name does were empty."""
    if not VARIABLE.fullmatch(words[index]):
        return
    known = [word for word in words if not VARIABLE.fullmatch(word)]
    if MARK in "".join(known[index : index + 1]):
        raise RefusedError("would be the command itself if the variable before it is empty: write the program's name")
    check(known)


def _check_names(name: str, words: list[str]) -> None:
    if name in PROGRAMS:
        raise RefusedError(f"would be run by {name} as code: write a script and give it the value as an argument")
    if name in _NAMES:
        raise RefusedError(f"would be a name for {name}, and bash computes with parts of names")
    if name in _NAMED and _is_named(words):
        raise RefusedError(f"would be a name for {name}, or its option {_NAMED[name]} with one: put -- before it")


def _check_builtin(name: str, words: list[str]) -> None:
    if name in ("source", "."):
        check_file(name, [word for word in words[1:] if word != "--" and not VARIABLE.fullmatch(word)][:1])
    if name in DECLARE:
        _check_declaration(words)
    if name in ("[", "test"):
        check_split(words)
    if name in ("[", "test", "[["):
        _check_test(words)


def check_value(word: str) -> None:
    """Refuse an expression as the value of a variable that bash evaluates."""
    name = _NAME_END.split(word.removeprefix(DISGUISED), maxsplit=1)[0]
    if MARK in word and name in _EVALUATED:
        raise RefusedError(f"would be run by bash as the value of {name}")


def check_input(words: list[str]) -> None:
    """Refuse a command that reads an expression and takes it for more than a value."""
    reason = reads_code(words) or _passes_on(words) or _reads_value(words)
    if reason:
        raise RefusedError(reason)


def _reads_value(words: list[str]) -> str | None:
    """Return why a command must not read a value: it sets a variable that bash evaluates, or runs code with it."""
    own = words[program(words) :] if words else []
    if own[:1] not in (["read"], ["mapfile"], ["readarray"]):
        return None
    for word in own[1:]:
        for name in _EVALUATED:
            if word == name or word.startswith(f"{name}[") or (word.startswith("-") and word.endswith(name)):
                return f"would be run by bash as the value of {name}"
    called = own[0] != "read" and any(_CALLBACK.match(word) for word in own)
    return f"would be given to the code of {own[0]} -C: read it without -C" if called else None


def computes_later(words: list[str]) -> str | None:
    """Return why no expression may be near a command: it changes what bash does with values in others."""
    own = words[program(words) :] if words else []
    name = own[0] if own else ""
    options = "".join(word for word in own[1:] if word.startswith("-"))
    if (name == "set" and ("k" in options or "keyword" in own)) or (name == "shopt" and "expand_aliases" in own):
        return f"is near {' '.join(own)}, which changes how bash reads commands: leave that out"
    if name not in DECLARE or not set(options) & ({"i"} if name == "export" else {"i", "n"}):
        return None
    return f"may be computed with by bash, because of {name} with -i or -n: leave that option out"


def _passes_on(words: list[str]) -> str | None:
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


def _is_named(words: list[str]) -> bool:
    """Return whether an expression is the name behind an option, or may be an option that comes with its name."""
    rest = iter(words[1:])
    for word in rest:
        option = _NAMED[words[0]]
        name = next(rest, "") if word == option else word.removeprefix(option) * word.startswith(option)
        check_value(f"{name}={MARK}")
        if MARK in name or "$" in name or (MARK in word and word.startswith(("-", MARK))):
            return True
        if word == "--" or not word.startswith("-"):
            return False
    return False


def _check_name(words: list[str]) -> None:
    index = program(words)
    name = base_name(words[index])
    check_split(words if (index and name in DECLARE) or "$" in name else words[:index])
    if _EXPANDED.search(words[index]):
        raise RefusedError(f"is given to {words[index]}, the name of which bash has yet to find: write that out")
    splits = "env" in map(base_name, words[:index])
    if MARK in words[index] or (splits and any(_SPLIT.match(word) for word in words[:index])):
        raise RefusedError("would be the command itself: write the name of a program before it")


def _check_declaration(words: list[str]) -> None:
    options = "".join(word for word in words[1:] if word.startswith("-") and MARK not in word)
    for word in words:
        found = ASSIGNMENT.match(word)
        name = found[0].rstrip("+=") if found else MARK
        computed = words[0] in _ARRAYS or set(options) & set("inaA")
        if MARK in word and (computed or MARK in name):
            raise RefusedError(f"would be computed with by {words[0]}: write NAME=… on a line of its own")


def _check_test(words: list[str]) -> None:
    risky = _COMPARE if words[0] == "[[" else {"-v", "-R"}
    for word in risky & set(words):
        raise RefusedError(
            f"is beside {word} in {words[0]}, where bash computes with it: write [ … ] with -eq, or use ="
        )
    beside = (one for one, word in pairwise(words) if MARK in word and MARK in one)
    if words[0] != "[[" and any(one.startswith(("-", MARK)) for one in beside):
        raise RefusedError(f"is after another one in {words[0]}, which may be the operator -v: write the operator")
