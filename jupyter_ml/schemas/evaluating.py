"""Whether the words of a simple command of bash are more than words to it: names, code, numbers to compute with."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath

__all__ = ["ASSIGNMENT", "EVALUATED", "MARK", "RefusedError", "check", "reads_code"]

MARK = "\0"
"""Stands for an expression in the text of a word."""

_LISTS = {"for", "select", "case", "function"}
"""Begin what is no command but a list of words."""
_PREFIXES = {"exec", "command", "builtin", "env", "sudo", "nohup", "nice", "xargs", "setsid", "stdbuf", "timeout"}
"""Take the name of a command."""
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?\+?=")
EVALUATED = {"PS4", "BASH_ENV", "ENV", "PROMPT_COMMAND", "SHELLOPTS", "BASHOPTS"}
"""Variables whose values bash runs."""
_DECLARE = {"declare", "typeset", "local", "readonly", "export"}
_NAMES = {"read", "unset", "mapfile", "readarray", "getopts", "let"}
"""Builtins that take names, which may have subscripts that are computed."""
_NAMED = {"printf": "-v", "wait": "-p"}
"""Builtins that take a name behind an option."""
_COMPARE = {"-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v", "-R"}
_PROGRAMS = {"eval", "trap", "alias", "ssh", "su", "watch", "parallel", "complete", "bind"}
"""Run their words, put together, as a command."""
_SHELLS = {"bash", "sh", "dash", "zsh", "ksh", "fish"}
_INTERPRETERS = {
    **dict.fromkeys(_SHELLS, re.compile(r"-[a-z]*c")),
    "python": re.compile(r"-[A-Za-z]*c"),
    **dict.fromkeys(("perl", "ruby"), re.compile(r"-[A-Za-z0-9]*[eE]")),
    "node": re.compile(r"-[ep]|--eval|--print"),
    **dict.fromkeys(("R", "Rscript", "julia", "lua"), re.compile(r"-[eE]|--eval")),
    "php": re.compile(r"-[rBER]"),
    "psql": re.compile(r"-c|--command"),
    **dict.fromkeys(("mysql", "mariadb"), re.compile(r"-e|--execute")),
}
"""Interpreters, and their options for code."""
_FIRST_IS_CODE = {"awk", "gawk", "mawk", "nawk", "sed", "jq"}
_CODE = _FIRST_IS_CODE | _INTERPRETERS.keys()
_VERSION = re.compile(r"[0-9.]+$")


class RefusedError(Exception):
    """An expression stands where its value would be more than a value; the message goes on after the expression."""


def _name(word: str) -> str:
    name = PurePosixPath(word).name
    return _VERSION.sub("", name) if name.startswith(("python", "perl", "ruby", "lua", "php")) else name


def check(words: list[str]) -> None:
    """Refuse a command in which an expression is more than a word."""
    if not any(MARK in word for word in words) or words[0] in _LISTS:
        return
    _check_name(words)
    name = words[0]
    if name in _PROGRAMS:
        raise RefusedError(f"would be run by {name} as code: write a script and give it the value as an argument")
    if name in _NAMES:
        raise RefusedError(f"would be a name for {name}, and bash computes with parts of names")
    if name in _NAMED and _is_named(words):
        raise RefusedError(f"would be a name for {name}, or its option {_NAMED[name]} with one: put -- before it")
    if name in _DECLARE:
        _check_declaration(words)
    if name in ("[", "test", "[["):
        _check_test(words)
    for index, word in enumerate(words):
        program = _name(word)
        if program in _CODE and _check_code(program, words[index + 1 :]):
            return  # all else are arguments of a script


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
    if MARK in words[_program(words)]:
        raise RefusedError("would be the command itself: write the name of a program before it")


def _program(words: list[str]) -> int:
    """Return the position of the program's name, which may stand after others that take one."""
    for index, word in enumerate(words):
        if index == 0 and word not in _PREFIXES:
            return 0
        if word not in _PREFIXES and not word.startswith("-") and not ASSIGNMENT.match(word) and not word[:1].isdigit():
            return index
    return len(words) - 1


def _check_declaration(words: list[str]) -> None:
    options = "".join(word for word in words[1:] if word.startswith("-") and MARK not in word)
    for word in words:
        found = ASSIGNMENT.match(word)
        name = found[0].rstrip("+=") if found else MARK
        if MARK in word and (set(options) & set("inaA") or MARK in name or name in EVALUATED):
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
    option = _INTERPRETERS.get(name)
    if option is None:
        return False
    code = False
    for word in words:
        code = code or (option.match if MARK in word else option.fullmatch)(word) is not None
        if code and MARK in word:
            raise RefusedError(
                f"stands in the code that {name} gets: give it the value as an argument behind the code, "
                "or set a variable for it, as X=… before the command"
            )
        if not word.startswith("-") or word == "-m":
            return True
    return False


def _check_program(name: str, words: list[str]) -> None:
    for index, word in enumerate(words):
        given = word.startswith("-") or (index and words[index - 1] in ("-v", "-F", "-f", "--arg", "--argjson"))
        if name == "jq" and index > 1 and words[index - 2] in ("--arg", "--argjson"):
            given = True
        if MARK in word and (not given or re.match(r"-e|--expression", word)):
            raise RefusedError(f"stands in the code that {name} gets: set a variable for it, as X=… before the command")
        if MARK in word and name != "jq" and (word.startswith("-v") or words[index - 1] == "-v"):
            raise RefusedError(f"is changed by -v of {name}, for which \\ is special: write X=… before and use ENVIRON")
        if not given:
            return


def reads_code(words: list[str]) -> str | None:
    """Return why a command must not read a value: it is an interpreter without a script."""
    if not words:
        return None
    index = _program(words)
    name = _name(words[index])
    rest = [each for each in words[index + 1 :] if each not in ("-", "-s", "/dev/stdin")]
    scripted = name not in _INTERPRETERS or any(not each.startswith("-") or each == "-m" for each in rest)
    if scripted and name not in _PROGRAMS:
        return None
    return f"would be code for {name}: write a script and give it the value as an argument"
