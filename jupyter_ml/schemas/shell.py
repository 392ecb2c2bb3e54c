"""Expressions in a bash command: each becomes a reference to a variable, quoted for the place where it stands.

The value itself is never part of the command, so that bash cannot take it for anything but a value. What is left to
find out is the place: whether the reference needs quotes, and whether bash or the program there would evaluate the
value after all. A place that is not understood is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.evaluating import MARK, RefusedError
from jupyter_ml.schemas.expressions import PATTERN, parse
from jupyter_ml.schemas.simple_commands import Document, Pipeline

if TYPE_CHECKING:
    from jupyter_ml.schemas.expressions import Expression

__all__ = ["refer", "variable"]

VARIABLE_FIRST = "write x=…; before and use $x here, where … is the expression"
_DELIMITER = re.compile(r"[ \t]*(?P<word>(?:\\.|'[^'\n]*'|\"[^\"\n]*\"|[^\s;&|<>()'\"\\])+)")
_NUMBER = re.compile(r"\d+$")
_ORDINARY = re.compile(r"[\w./:,@%+-]+")
"""Means itself wherever it is, so that it can be copied at once."""
MAX_DEPTH = 50
_BLANK = " \t"
_OPERATORS = ";&|\n"


def variable(expression: Expression) -> str:
    """Return the name of the environment variable that holds an expression's value."""
    return f"JUPYTER_ML_{expression.source.upper()}_{expression.name}"


def refer(command: str) -> str:
    """Return a bash command in which references to variables stand for the expressions.

    Raises
    ------
    InvalidInputError
        Where an expression cannot be read, or stands where its value could be more than a value; the message says what
        to write.
    """
    if PATTERN.search(command) is None:
        return command
    scanner = _Scanner(command)
    try:
        scanner.commands("")
    except RefusedError as error:
        expression = PATTERN.search(command, scanner.last)
        line = command.count("\n", 0, scanner.last) + 1
        raise InvalidInputError(
            f"command: line {line}: {expression and expression[0]} {error}", field="command"
        ) from None
    return "".join(scanner.out)


@dataclass
class _Scanner:
    """Reads a command as bash does and writes it anew."""

    text: str
    at: int = 0
    last: int = 0
    """Where the last expression was."""
    depth: int = 0
    out: list[str] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.end = len(self.text)
        self.expressions = {match.start(): match for match in PATTERN.finditer(self.text)}

    # pieces

    def ahead(self, text: str) -> bool:
        return self.text.startswith(text, self.at, self.end)

    def copy(self, count: int = 1) -> str:
        ordinary = _ORDINARY.match(self.text, self.at, self.end) if count == 1 else None
        piece = ordinary[0] if ordinary else self.text[self.at : min(self.at + count, self.end)]
        self.out.append(piece)
        self.at += len(piece)
        return piece

    def expression(self, before: str = "", after: str = "") -> bool:
        """Write a reference, if an expression comes here; tell whether one did."""
        match = self.expressions.get(self.at)
        if match is None or self.at >= self.end:
            return False
        self.last = self.at
        if self.at and self.text[self.at - 1] == "$":
            raise RefusedError("comes after a $ that is not part of it: put a backslash before that")
        self.out.append(f"{before}${{{variable(parse(match))}}}{after}")
        self.at = match.end()
        return True

    def skip_to(self, position: int, where: str) -> None:
        """Copy up to a position, where no expression may be."""
        inside = PATTERN.search(self.text, self.at, position)
        if inside is not None:
            self.last = inside.start()
            raise RefusedError(f"stands in {where}")
        self.copy(position - self.at)

    def escaped(self) -> None:
        """Copy a backslash and what it escapes."""
        if self.at + 1 in self.expressions:
            self.last = self.at + 1
            raise RefusedError("comes after a backslash: take that away, or write '\\'… for a backslash")
        self.copy(2)

    def backticks(self) -> None:
        end = re.compile(r"(?:\\.|[^`\\])*`", re.DOTALL).match(self.text, self.at + 1, self.end)
        self.skip_to(end.end() if end else self.end, "`…`: write $(…) instead")

    # quotes

    def single(self) -> str:
        self.copy()
        found = ""
        while self.at < self.end and not self.ahead("'"):
            found += MARK if self.expression("'\"", "\"'") else self.copy()
        self.copy()
        return found

    def double(self, closing: str = '"') -> str:
        """Copy what is like double quotes, up to the mark that closes it; return its text."""
        found = ""
        while self.at < self.end and not (closing and self.ahead(closing)):
            if self.expression():
                found += MARK
            elif self.ahead("\\"):
                self.escaped()
            elif self.ahead("`"):
                self.backticks()
            elif self.ahead("$"):
                found += self.dollar(double=True)
            else:
                found += self.copy()
        if closing:
            self.copy()
        return found

    def dollar(self, *, double: bool = False) -> str:
        """Copy what begins with a dollar sign; return what is known of its text."""
        if self.ahead("$(("):
            self.skip_to(self.closing("((", "))"), f"$((…)), where bash computes with it: {VARIABLE_FIRST}")
        elif self.ahead("$("):
            self.copy(2)
            self.commands(")")
        elif self.ahead("${"):
            self.skip_to(self.brace(self.at + 2), f"${{…}}: {VARIABLE_FIRST}")
        elif self.ahead("$["):
            self.skip_to(self.closing("[", "]"), f"$[…], where bash computes with it: {VARIABLE_FIRST}")
        elif self.ahead("$'") and not double:
            end = re.compile(r"(?:\\.|[^'\\])*'", re.DOTALL).match(self.text, self.at + 2, self.end)
            self.skip_to(end.end() if end else self.end, "$'…': write it outside of these quotes")
        else:
            return self.copy()
        return "$"

    def closing(self, opening: str, closing: str) -> int:
        """Return the position after the parenthesis or bracket that closes the one that comes next."""
        depth, position = 0, self.text.index(opening, self.at, self.end)
        while position < self.end:
            char = self.text[position]
            depth += (char == opening[0]) - (char == closing[0])
            position += 1
            if depth == 0:
                return position
        return self.end

    def brace(self, position: int) -> int:
        """Return the position after the brace that closes a ``${``; quotes and others of its kind may be inside."""
        depth = 1
        while position < self.end and depth:
            match = PATTERN.match(self.text, position)
            if match:
                position = match.end()
                continue
            char = self.text[position]
            if char == "\\":
                position += 1
            elif char == '"':
                closed = self.text.find(char, position + 1, self.end)
                position = closed if closed >= 0 else position
            depth += self.text.startswith("${", position) - (char == "}")
            position += 1
        return min(position, self.end)

    # commands

    def commands(self, closing: str) -> None:
        """Copy commands up to the parenthesis that closes them."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise RefusedError("stands too deep in others of $(…) and (…): write a script")
        pipeline = Pipeline()
        while self.at < self.end:
            if closing and self.ahead(closing):
                pipeline.end_cases()
                if not pipeline.pattern:
                    pipeline.end("\n")
                    self.copy()
                    self.depth -= 1
                    return
            self.command_piece(pipeline)
        pipeline.end("\n")
        if closing:
            raise RefusedError("stands in $(…) or (…) that is not closed")

    def command_piece(self, pipeline: Pipeline) -> None:
        """Copy the next piece of a command."""
        char = self.text[self.at]
        if self.word_piece(char, pipeline):
            return
        if char == "#" and pipeline.word is None:
            self.comment()
        elif char in _BLANK or (char in "()<>&|" and pipeline.testing):
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
        """Copy the next piece of a word, if something is quoted or put in there; tell whether that is so."""
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
            pipeline.add(self.dollar())
        else:
            return False
        return True

    def comment(self) -> None:
        while self.at < self.end and not self.ahead("\n"):
            if not self.expression():
                self.copy()

    def operator(self, pipeline: Pipeline) -> None:
        operator = next(each for each in (";;&", ";;", ";&", "||", "&&", "|&", *_OPERATORS) if self.ahead(each))
        pipeline.end(operator)
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
        else:  # a subshell, or a function's name
            pipeline.begin_group()
            self.copy()
            self.commands(")")

    def array(self, pipeline: Pipeline) -> None:
        """Copy the elements of an array."""
        elements = Pipeline(elements=True)
        while self.at < self.end and not self.ahead(")"):
            self.command_piece(elements)
        elements.end("\n")
        self.copy()
        pipeline.add("()")

    def redirection(self, pipeline: Pipeline) -> None:
        if self.ahead("<(") or self.ahead(">("):
            pipeline.add("$")
            self.copy(2)
            self.commands(")")
            return
        if pipeline.word is not None and not _NUMBER.fullmatch(pipeline.word):
            pipeline.end_word()
        pipeline.word = None
        operators = ("<<<", "<<-", "<<", "<>", "<&", ">>", ">&", ">|", "&>>", "&>", "<", ">")
        operator = next(each for each in operators if self.ahead(each))
        self.copy(len(operator))
        if operator not in ("<<", "<<-"):
            pipeline.redirect(feeds=operator == "<<<")
            return
        match = _DELIMITER.match(self.text, self.at, self.end)
        if match is None:
            return
        self.skip_to(match.end(), "the word that ends a here-document")
        word = match["word"]
        plain = re.sub(r"['\"\\]", "", word)
        self.documents.append(Document(plain, quoted=plain != word, tabs=operator == "<<-"))
        pipeline.feed(self.documents[-1])

    def body(self, document: Document) -> None:
        """Copy the text of a here-document."""
        stop = self.at
        while stop < self.end:
            newline = self.text.find("\n", stop, self.end)
            line_end = newline if newline >= 0 else self.end
            line = self.text[stop:line_end]
            if (line.lstrip("\t") if document.tabs else line) == document.delimiter:
                break
            stop = min(line_end + 1, self.end)
        if document.quoted:
            self.skip_to(
                stop, f"a here-document in which nothing is put in: write <<{document.delimiter} without quotes"
            )
        else:
            limit, self.end = self.end, stop
            text = self.double(closing="")
            self.end = limit
            if MARK in text and document.code:
                raise RefusedError(document.code)
        self.copy(len(self.text[stop:].partition("\n")[0]))
