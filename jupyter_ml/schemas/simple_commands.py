# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The simple commands of a bash command, composed of their words while these are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from jupyter_ml.schemas.command_words import Words
from jupyter_ml.schemas.interpreters import INPUT
from jupyter_ml.schemas.programs import FILE, MARK, RefusedError, base_name, program
from jupyter_ml.schemas.shell_evaluation import check, check_input, computes_later

__all__ = ["Document", "Pipeline"]

_DESCRIPTOR = re.compile(r"[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?\}")

_NO_INPUT = {"eval", "trap", "alias", "watch", "complete", "compgen", "bind", "tmux", "xterm", "ssh"}
"""Run code, but seldom what they read."""


@dataclass
class Document:
    """A here-document, whose text comes after the line."""

    delimiter: str
    quoted: bool
    """Whether nothing is put into it."""
    tabs: bool
    """Whether tabs before its lines are left out."""
    code: str = ""
    """Why it must not contain a value: an interpreter reads it."""


@dataclass
class Pipeline(Words):
    """The simple commands of one list, and what each reads of those before it.

    Attributes
    ----------
    since
        How many expressions came before the list.
    """

    since: int = 0
    _target: str = ""
    """The operator of the redirection whose target is read."""
    _descriptor: str = ""
    """Its number, if that is written."""
    _piped: bool = False
    """Whether the command reads an expression."""
    _reads: bool = False
    """Whether it is known what the command reads."""
    _documents: list[Document] = field(default_factory=list)

    def computes(self) -> bool:
        """Return whether ``((`` that comes now computes."""
        return self.word is None and self.words in ([], ["for"])

    def begin_redirection(self) -> None:
        """End a word, unless it is the number, or the variable for it, of what is redirected."""
        self._descriptor = self._bare if _DESCRIPTOR.fullmatch(self._bare) else ""
        if not self._descriptor:
            self.end_word()
        self.word, self._bare = None, ""

    def redirect(self, operator: str) -> None:
        """Take the next word for the target of a redirection."""
        self._target, self._late = operator, True

    def feed(self, document: Document) -> None:
        """Note that the command reads a here-document."""
        self._reads, self._late = self._descriptor in ("", "0"), True
        self._documents.append(document)

    def end_word(self) -> None:
        """Bring a word to its end."""
        if self._target and self.word is not None:
            word, operator, self.word, self._bare, self._target = self.word, self._target, None, "", ""
            if self._descriptor == "0" or (operator.startswith("<") and not self._descriptor):
                named = operator == "<" and "$" not in word and not INPUT.fullmatch(word)
                self._reads = operator == "<<<" or named
            self._piped = self._piped or (operator == "<<<" and MARK in word) or FILE in word
        super().end_word()

    def end(self, operator: str, count: int) -> None:
        """Bring a command to its end, at an operator; `count` expressions came before."""
        self.end_word()
        if operator == "\n" and self.words[:1] == ["case"] and not self.pattern:
            return
        words, self.words, group = self.words, [], self._group
        self._target = ""
        self._begin()
        if self.pattern or self.elements:
            return
        if operator in (";;", ";&", ";;&"):
            self.pattern = self._cases > 0
        check(words)
        self._check_input(words)
        piped = operator in ("|", "|&")
        given = any(MARK in word for word in words) or (group and count > self.since)
        self._piped = piped and (self._piped or given)
        self._reads = piped and not group and _writes_known(words, reads=self._reads)
        self._documents = self._documents if piped else []

    def _check_input(self, words: list[str]) -> None:
        reason = computes_later(words)
        try:
            check_input(words)
        except RefusedError as error:
            if self._piped:
                raise
            for document in self._documents:
                document.code = str(error)
            name = base_name(words[program(words)])
            if not self._reads and name not in _NO_INPUT and "$" not in name:
                reason = str(error)
        if reason:
            self.anywhere.append(reason)


def _writes_known(words: list[str], *, reads: bool) -> bool:
    """Return whether it is known from where all output of a command is; with `reads`, its input is known."""
    name, rest = base_name(words[program(words)]) if words else "", words[1:]
    if "$" in "".join(words):
        return False
    if name in ("echo", "printf"):
        return True
    files = [word for word in rest if not word.startswith("-")]
    dashes = "-" in rest or any("@" in word or "stdin" in word for word in rest)
    if any(INPUT.fullmatch(word) for word in files) or (dashes and not reads):
        return False
    return reads or (name in ("cat", "curl", "wget") and bool(files))
