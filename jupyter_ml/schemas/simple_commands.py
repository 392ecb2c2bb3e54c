"""The simple commands of a bash command, put together of their words as these are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from jupyter_ml.schemas.evaluating import EVALUATED, check, check_input, computes_later
from jupyter_ml.schemas.programs import ASSIGNMENT, FILE, MARK, PROGRAMS, RefusedError, base_name, program

__all__ = ["Document", "Pipeline"]

_RESERVED = {
    "if",
    "then",
    "elif",
    "else",
    "do",
    "while",
    "until",
    "!",
    "time",
    "{",
    "}",
    "fi",
    "done",
    "esac",
    "coproc",
}
_CLOSING = {"}", "fi", "done", "esac"}
_SUBSCRIPT = re.compile(r"[^=]*\[[^]]*\0")


@dataclass
class Document:
    """A here-document, whose text comes after the line."""

    delimiter: str
    quoted: bool
    """Whether nothing is put into it."""
    tabs: bool
    """Whether tabs before its lines are left out."""
    code: str = ""
    """Why no value may stand in it: an interpreter reads it."""


@dataclass
class Pipeline:
    """The simple commands of one list, as they are read.

    Attributes
    ----------
    elements
        Whether the words are those of an array.
    word
        The text of the word that is being read; None between words.
    words
        Of the command that is being read, without assignments and targets of redirections.
    pattern
        Whether a pattern of ``case`` is being read.
    since
        How many expressions came before the list.
    anywhere
        Why no expression may be anywhere near these commands; one for all lists.
    """

    elements: bool = False
    word: str | None = None
    words: list[str] = field(default_factory=list)
    pattern: bool = False
    since: int = 0
    anywhere: list[str] = field(default_factory=list)
    _bare: str = ""
    _cases: int = 0
    _target: bool = False
    _feeding: bool = False
    _piped: bool = False
    """Whether the command reads an expression."""
    _reads: bool = False
    """Whether it is known what the command reads."""
    _group: bool = False
    _documents: list[Document] = field(default_factory=list)

    @property
    def testing(self) -> bool:
        """Whether the words are in ``[[ … ]]``, where operators and parentheses do not end a command."""
        return self._command()[:1] == ["[["] and "]]" not in self.words

    def computes(self) -> bool:
        """Tell whether ``((`` that comes now computes."""
        return self.word is None and self._command() in ([], ["for"])

    def add(self, text: str, *, quoted: bool = False) -> None:
        """Go on with a word; ``_bare`` is the part of it that has no quotes, and in which brackets mean something."""
        self.word = (self.word or "") + text
        self._bare += "" if quoted else text
        if MARK in text and not quoted and _SUBSCRIPT.fullmatch(self._bare):
            raise RefusedError(
                "stands in […], where bash computes with it or looks for files: put quotes around all of it"
            )

    def redirect(self, operator: str) -> None:
        """Take the next word for the target of a redirection."""
        self._target, self._feeding = True, operator == "<<<"
        self._reads = self._reads or operator in ("<", "<<<")

    def feed(self, document: Document) -> None:
        """Note that the command reads a here-document."""
        self._reads = True
        self._documents.append(document)

    def end_word(self) -> None:
        """Bring a word to its end."""
        word, self.word, self._bare = self.word, None, ""
        if word is None:
            return
        if self._target:
            self._target = False
            self._piped = self._piped or (self._feeding and MARK in word) or FILE in word
            return
        if self.pattern and word == "esac" and not self.words:
            self.pattern, self._cases = False, self._cases - 1
            return
        self._assign(word)
        self.words.append(word)
        if word == "in" and self._command()[0] == "case":
            self.words, self.pattern, self._cases = [], True, self._cases + 1

    def _assign(self, word: str) -> None:
        name = word.partition("=")[0].rstrip("+")
        if MARK in word and name in EVALUATED and not self._command():
            raise RefusedError(f"would be run by bash as the value of {name}")

    def end_cases(self) -> None:
        """Bring an ``esac`` to its end, if that is what is being read."""
        if self.pattern and self.word == "esac":
            self.end_word()

    def end_pattern(self) -> None:
        """Bring a pattern of ``case`` to its end."""
        self.word, self._bare = None, ""
        self.words, self.pattern = [], False

    def begin_group(self) -> None:
        """Begin a subshell, or the body of a function."""
        self.end_word()
        self.words, self._group = [], True

    def end(self, operator: str, count: int) -> None:
        """Bring a command to its end, at an operator; `count` expressions came before."""
        self.end_word()
        group = self._group or bool(_CLOSING.intersection(self.words[:1]))
        words, self.words = self._command(), []
        self._target = self._group = False
        if operator.startswith(";") and len(operator) > 1:
            self.pattern = self._cases > 0
        if self.pattern or self.elements:
            return
        if words[:1] == ["esac"]:
            self._cases -= 1
        check(words)
        self._check_input(words)
        piped = operator in ("|", "|&")
        given = any(MARK in word for word in words) or (group and count > self.since)
        self._piped = piped and (self._piped or given)
        self._reads = piped
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
            if not self._reads and base_name(words[program(words)]) not in PROGRAMS:
                reason = str(error)
        if reason:
            self.anywhere.append(reason)

    def _command(self) -> list[str]:
        """Return the words from the command's name on."""
        words = list(self.words)
        while words and (words[0] in _RESERVED or ASSIGNMENT.match(words[0])):
            if words[0] == "esac":
                break
            words.pop(0)
        return words
