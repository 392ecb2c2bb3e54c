# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Expressions in a bash command: each becomes a reference to a variable, quoted for the place where it is.

The value itself is never part of the command, so that bash cannot take it for anything but a value. What remains to
be determined is the place: whether the reference needs quotes, and whether bash or the program there would evaluate the
value after all. A place that is not understood is refused.
"""

from __future__ import annotations

import re

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.expressions import PATTERN
from jupyter_ml.schemas.programs import FILE, MARK, SPLIT, RefusedError
from jupyter_ml.schemas.shell_evaluation import check_value
from jupyter_ml.schemas.shell_text import VARIABLE_FIRST, ShellText, variable
from jupyter_ml.schemas.simple_commands import Document, Pipeline

__all__ = ["refer", "variable"]

_DELIMITER = re.compile(r"[ \t]*(?P<word>(?:\\.|'[^'\n]*'|\"[^\"\n]*\"|[^\s;&|<>()'\"\\$`])+)")
_MORE = re.compile(r"[^\s;&|<>)]")
_FUNCTION = re.compile(r"\([ \t]*\)")
MAX_DEPTH = 50
_BLANK = " \t"
_OPERATORS = ";&|\n"
_ENDS = f"{_BLANK}{_OPERATORS}()<>"
"""End a word."""


def refer(command: str) -> str:
    """Return a bash command in which references to variables stand for the expressions.

    Raises
    ------
    InvalidInputError
        Where an expression cannot be read, or is at a place where its value could be more than a value; the message
        contains what to write.
    """
    if PATTERN.search(command) is None:
        return command
    scanner = _Scanner(command)
    try:
        scanner.everything()
    except RefusedError as error:
        expression = PATTERN.search(command, scanner.last)
        line = command.count("\n", 0, scanner.last) + 1
        raise InvalidInputError(
            f"command: line {line}: {expression and expression[0]} {error}", field="command"
        ) from None
    return "".join(scanner.out)


class _Scanner(ShellText):
    """Reads the commands around the pieces."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.anywhere: list[str] = []

    def everything(self) -> None:
        """Copy the whole command."""
        self.commands("")
        if self.anywhere:
            raise RefusedError(self.anywhere[0])

    def commands(self, closing: str) -> None:
        """Copy commands up to the parenthesis that closes them."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise RefusedError("is too deep in others of $(…) and (…): write a script")
        pipeline = Pipeline(since=self.count, anywhere=self.anywhere)
        while self.at < self.end:
            if closing and self.ahead(closing):
                pipeline.end_cases()
                if not pipeline.pattern:
                    pipeline.end("\n", self.count)
                    self.copy()
                    self.depth -= 1
                    return
            self.command_piece(pipeline)
        pipeline.end("\n", self.count)
        if closing:
            raise RefusedError("is in $(…) or (…) that is not closed")

    def command_piece(self, pipeline: Pipeline) -> None:
        """Copy the next piece of a command."""
        char = self.text[self.at]
        if self.word_piece(char, pipeline):
            return
        if char in _ENDS:
            pipeline.end_test()
        if pipeline.testing and (char == ";" or (char == "#" and pipeline.word is None)):
            raise RefusedError(f"is near a {char} in [[ … ]]: put that into a variable before")
        if char == "#" and pipeline.word is None:
            self.comment()
        elif char in _BLANK or (char in _ENDS and pipeline.testing):
            pipeline.end_word()
            self.copy()
        elif char in "<>" or self.ahead("&>"):
            self.redirection(pipeline)
        elif char in "()":
            self.parenthesis(pipeline)
        elif char in _OPERATORS:
            self.operator(pipeline)
        else:
            pipeline.add(self.copy())

    def word_piece(self, char: str, pipeline: Pipeline) -> bool:
        """Copy the next piece of a word, if something is quoted or inserted there; return whether that is so."""
        if self.expression('"', '"'):
            pipeline.add(MARK)
        elif char == "\\":
            self.escaped()
            if self.text[self.at - 1] != "\n":
                pipeline.add(self.text[self.at - 1], quoted=True)
        elif char == "'":
            pipeline.add(self.single(), quoted=True)
        elif char == '"' or self.ahead('$"'):
            self.copy(1 + (char == "$"))
            pipeline.add(self.double(), quoted=True)
        elif char == "`":
            self.backticks()
            pipeline.add("$")
        elif char == "$":
            output = self.dollar()
            pipeline.add(output + SPLIT if output == MARK else output)
        else:
            return False
        return True

    def comment(self) -> None:
        while self.at < self.end and not self.ahead("\n"):
            if not self.expression():
                self.copy()

    def operator(self, pipeline: Pipeline) -> None:
        operator = next(each for each in (";;&", ";;", ";&", "||", "&&", "|&", *_OPERATORS) if self.ahead(each))
        pipeline.end(operator, self.count)
        self.copy(len(operator))
        if operator == "\n":
            documents, self.documents = self.documents, []
            for document in documents:
                self.body(document)

    def parenthesis(self, pipeline: Pipeline) -> None:
        if self.ahead(")"):  # of a pattern of `case`, or of nothing
            pipeline.end_pattern()
            self.copy()
        elif pipeline.pattern:
            self.copy()
        elif self.ahead("((") and pipeline.computes():
            self.skip_to(self.closing("((", "))"), f"((…)), where bash computes with it: {VARIABLE_FIRST}")
        elif (pipeline.word or "").endswith("="):
            self.copy()
            self.array(pipeline)
        elif (pipeline.words or pipeline.word not in (None, "!")) and not _FUNCTION.match(self.text, self.at):
            raise RefusedError("is near a word that goes on with (, which is a pattern of extglob: write a script")
        else:  # a subshell, or a function's name
            pipeline.begin_group()
            self.copy()
            self.commands(")")

    def array(self, pipeline: Pipeline) -> None:
        """Copy the elements of an array."""
        before, elements = self.count, Pipeline(elements=True, anywhere=self.anywhere)
        while self.at < self.end and not self.ahead(")"):
            self.command_piece(elements)
        elements.end("\n", self.count)
        self.copy()
        if self.count > before:
            check_value(f"{pipeline.word}{MARK}")
        pipeline.add("()")

    def redirection(self, pipeline: Pipeline) -> None:
        if self.ahead("<(") or self.ahead(">("):
            output = self.output(2)
            pipeline.add(output + FILE if output == MARK else output)
            return
        pipeline.begin_redirection()
        operators = ("<<<", "<<-", "<<", "<>", "<&", ">>", ">&", ">|", "&>>", "&>", "<", ">")
        operator = next(each for each in operators if self.ahead(each))
        self.copy(len(operator))
        if operator not in ("<<", "<<-"):
            pipeline.redirect(operator)
            return
        match = _DELIMITER.match(self.text, self.at, self.end)
        if match is None or _MORE.match(self.text, match.end(), self.end):
            raise RefusedError("is near a here-document that does not end with a plain word: write <<EOF")
        self.skip_to(match.end(), "the word that ends a here-document")
        word = match["word"]
        plain = re.sub(r"['\"\\]", "", word)
        self.documents.append(Document(plain, quoted=plain != word, tabs=operator == "<<-"))
        pipeline.feed(self.documents[-1])

    def body(self, document: Document) -> None:
        """Copy the text of a here-document."""
        stop, joined = self.at, False
        while stop < self.end:
            newline = self.text.find("\n", stop, self.end)
            line_end = newline if newline >= 0 else self.end
            line = self.text[stop:line_end]
            line = line.lstrip("\t") if document.tabs else line
            if joined and document.delimiter.endswith(line):
                raise RefusedError(
                    "is near a here-document with a backslash at the end of its last line: leave that out"
                )
            if line == document.delimiter:
                break
            joined = not document.quoted and line.endswith("\\")
            stop = min(line_end + 1, self.end)
        if document.quoted:
            self.skip_to(
                stop, f"a here-document in which no value is inserted: write <<{document.delimiter} without quotes"
            )
        else:
            limit, self.end = self.end, stop
            text = self.double(closing="")
            self.end = limit
            if MARK in text and document.code:
                raise RefusedError(document.code)
        self.copy(len(self.text[stop:].partition("\n")[0]))
