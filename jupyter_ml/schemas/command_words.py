# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Split simple commands into words as bash does: reserved words, assignments and arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from jupyter_ml.schemas.programs import ASSIGNMENT, DECLARE, DISGUISED, MARK, SPLIT, RefusedError
from jupyter_ml.schemas.shell_evaluation import LISTS, check, check_value

__all__ = ["Words"]

_CLOSING = {"}", "fi", "done", "esac"}
_RESERVED = {"if", "then", "elif", "else", "do", "while", "until", "!", "time", "{", *_CLOSING}
_SPECIAL = {*_RESERVED, *LISTS, "[["} - {"time"}
"""No commands where one begins, if they have no quotes; ``time`` is a program as well, which runs the same."""
_GLOB = re.compile(r"[^=]*\[[^]]*\0")
_COMPLEX = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)?\[(?!\[?$|[^\[\]]*\]\+?=)")
"""Begins with a subscript that has brackets in it, or a blank; the commands ``[`` and ``[[`` do not."""
_ARRAY_FIRST = "assign what needs […] on a line without expressions"


@dataclass
class Words:
    """The words of one command after the other, while they are read.

    Attributes
    ----------
    elements
        Whether the words are those of an array.
    word
        The text of the word that is being read; None between words.
    words
        Of the command that is being read, without assignments, reserved words and targets of redirections.
    pattern
        Whether a pattern of ``case`` is being read.
    anywhere
        Why no expression may be anywhere near these commands; one for all lists.
    """

    elements: bool = False
    word: str | None = None
    words: list[str] = field(default_factory=list)
    pattern: bool = False
    anywhere: list[str] = field(default_factory=list)
    _bare: str = ""
    """The word, with a quote in place of each part that is quoted."""
    _before: str = ""
    """The reserved word before the command."""
    _late: bool = False
    """Whether the command began with an assignment or a redirection, after which there are no reserved words."""
    _group: bool = False
    """Whether the command ends with several in a group."""
    _cases: int = 0

    @property
    def testing(self) -> bool:
        """Whether the words are in ``[[ … ]]``, where operators and parentheses do not end a command."""
        return self.words[:1] == ["[["] and not (self.elements or self.pattern)

    def add(self, text: str, *, quoted: bool = False) -> None:
        """Continue a word."""
        self.word = (self.word or "") + text
        self._bare += "'" if quoted else text
        if MARK not in text:
            return
        indexes = (self.elements or not self.words) and _COMPLEX.match(self._bare)
        if indexes or (not quoted and _GLOB.fullmatch(self._bare)):
            raise RefusedError("is in […], where bash computes with it or looks for files: put quotes around all of it")

    def end_word(self) -> None:
        """End a word."""
        word, bare, self.word, self._bare = self.word, self._bare, None, ""
        if word is None:
            return
        if self.pattern or self.elements:
            self._end_listed(bare)
            return
        if self._begins(bare):
            self.words = []
        if self.words:
            disguised = SPLIT in word and bool(ASSIGNMENT.match(word)) and not _is_argument(bare)
            self.words.append(DISGUISED + word if disguised else word)
            self._end_compound(bare)
        elif not self._lead(word, bare):
            self._check_first(word, bare)
            disguised = MARK in word and bool(ASSIGNMENT.match(word))
            # `\export` is the builtin as well, but its arguments are split like those of any other command
            self.words += ["command"] * (word in DECLARE and bare != word)
            self.words.append(DISGUISED + word if disguised else word)

    def _end_listed(self, bare: str) -> None:
        """Read a word of a pattern or an array."""
        if self.elements and _COMPLEX.match(bare):
            self.anywhere.append(f"is near an array whose element begins with […]: {_ARRAY_FIRST}")
        if self.pattern and bare == "esac" and not self.words:
            self.pattern = False
            self._lead(bare, bare)
        else:
            self.words.append(bare)

    def _lead(self, word: str, bare: str) -> bool:
        """Read what may come before a command; return whether the word is that."""
        if bare in _RESERVED and not (self._late and bare != "time"):
            self._before = bare
            self._group = self._group or bare in _CLOSING
            self._cases = max(0, self._cases - (bare == "esac"))
            return True
        if ASSIGNMENT.match(bare):
            check_value(word)
            self._late = True
            return True
        if self._before == "time" and bare.startswith("-"):
            self.words += ["time"] * (bare not in ("-p", "--"))
            return not self.words
        return False

    def _begins(self, bare: str) -> bool:
        """Return whether a command begins with what comes after ``for NAME``, ``for ((…))`` or ``function NAME``."""
        if self.words[:1] == ["function"]:
            return len(self.words) > 1
        return (
            bare in ("do", "{") and self.words[:1] in (["for"], ["select"]) and len(self.words) <= len(("for", "NAME"))
        )

    def _check_first(self, word: str, bare: str) -> None:
        """Note that no expression may be near a word which bash may read in another way than it looks."""
        if word == "coproc":
            self.anywhere.append("is near coproc, which is not understood: write a script")
        elif word in _SPECIAL and (bare != word or self._late):
            self.anywhere.append(f"is near {word!r} in quotes or late, which is a command to bash: write another name")
        elif _COMPLEX.match(bare):
            self.anywhere.append(f"is near a command that begins with […]: {_ARRAY_FIRST}")

    def _end_compound(self, bare: str) -> None:
        """Begin again after ``[[ … ]]``, and with the patterns of ``case``."""
        if bare == "]]" and self.testing:
            check(self.words)
            self.words, self._group = [], True
        elif bare == "in" and self.words[0] == "case" and len(self.words) == len(("case", "word", "in")):
            self.words, self.pattern, self._cases = [], True, self._cases + 1

    def end_test(self) -> None:
        """End ``[[ … ]]``, if that is what is being read."""
        if self.testing and self._bare == "]]":
            self.end_word()

    def end_cases(self) -> None:
        """End an ``esac``, if that is what is being read."""
        if self.pattern and self.word == "esac":
            self.end_word()

    def end_pattern(self) -> None:
        """End a pattern of ``case``."""
        self.word, self._bare = None, ""
        self.words, self.pattern = [], False
        self._begin()

    def begin_group(self) -> None:
        """Begin a subshell, or the body of a function."""
        self.end_word()
        self._begin()
        self.words, self._group = [], True

    def _begin(self) -> None:
        self._before, self._late, self._group = "", False, False


def _is_argument(bare: str) -> bool:
    """Return whether bash takes an argument of ``export`` for an assignment, and so does not split it."""
    name = ASSIGNMENT.match(bare)
    return name is not None and "[" not in name[0] and "{" not in bare
