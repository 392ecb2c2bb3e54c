# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Which program a simple command of bash runs, which programs are interpreters, and what these read as code."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

__all__ = [
    "ASSIGNMENT",
    "DECLARE",
    "DISGUISED",
    "FILE",
    "MARK",
    "PREFIXES",
    "PROGRAMS",
    "SPLIT",
    "VARIABLE",
    "RefusedError",
    "base_name",
    "program",
]

MARK = "\0"
"""Stands for an expression in the text of a word, or for the output of commands that have one."""
FILE = "\1"
"""Follows a mark that stands for a file with such output, as of ``<(…)``."""
SPLIT = "\2"
"""Follows a mark that stands for such output without quotes, which may be several words."""
VARIABLE = re.compile(r"(\$[A-Za-z0-9_@*]*)+")
"""A word that may be empty, and so none."""
DISGUISED = "\3"
"""Comes before a word with a split mark that bash does not take for an assignment, whatever it looks like."""
DECLARE = {"declare", "typeset", "local", "readonly", "export"}
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?\+?=")

_WORD_OPTIONS = {
    **dict.fromkeys(("command", "builtin", "nohup", "setsid"), ""),
    "exec": "a",
    "env": "uC",
    "sudo": "ugpCDRTrtUh",
    "nice": "n",
    "time": "fo",
    "stdbuf": "ioe",
    "timeout": "sk",
    "xargs": "InPLsdEa",
    "ionice": "cnpPu",
    "taskset": "",
    "chrt": "TPD",
    "setpriv": "",
    "unshare": "SGRw",
    "flock": "wE",
    "chroot": "",
    "numactl": "NmCpi",
    "strace": "eoEpPsSuX",
    "doas": "uC",
    "unbuffer": "",
    "busybox": "",
}
"""Take the name of a command; each with its options that take a word."""
_ARGUMENT_FIRST = {"timeout", "taskset", "chrt", "flock", "chroot"}
"""Those with an argument before that name."""
PREFIXES = _WORD_OPTIONS.keys()
PROGRAMS = {"eval", "trap", "alias", "ssh", "su", "watch", "parallel", "complete", "compgen", "bind"}
PROGRAMS |= {"script", "sg", "runuser", "at", "batch", "tmux", "screen", "xterm"}
"""Run their words, put together, as a command."""
_VERSION = re.compile(r"[0-9][0-9.]*t?$")
_VERSIONED = ("python", "pypy", "ipython", "perl", "ruby", "lua", "php", "tclsh")


class RefusedError(Exception):
    """An expression stands where its value would be more than a value; the message goes on after the expression."""


def base_name(word: str) -> str:
    """Return the name of a program without its directory, and without a version."""
    name = PurePosixPath(word).name or word
    return _VERSION.sub("", name) if name.startswith(_VERSIONED) else name


def program(words: list[str]) -> int:
    """Return the position of the program's name, which may stand after others that take one."""
    options, index, first = "", 0, False
    while index < len(words) - 1:
        word = words[index]
        if base_name(word) in _WORD_OPTIONS:
            options, first = _WORD_OPTIONS[base_name(word)], base_name(word) in _ARGUMENT_FIRST
        elif index == 0:
            return 0
        elif len(word) == len("-x") and word[0] == "-" and word[1] in options:
            index += 1
        elif first and not word.startswith("-"):
            first = False
        elif not word.startswith("-") and not ASSIGNMENT.match(word) and not word[:1].isdigit():
            return index
        index += 1
    return len(words) - 1
