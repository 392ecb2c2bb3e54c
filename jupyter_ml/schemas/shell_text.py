# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The pieces of a bash command: quotes, substitutions and expansions, copied one after the other."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_ml.schemas.expressions import PATTERN, parse
from jupyter_ml.schemas.programs import MARK, RefusedError

if TYPE_CHECKING:
    from jupyter_ml.schemas.expressions import Expression
    from jupyter_ml.schemas.simple_commands import Document

__all__ = ["VARIABLE_FIRST", "ShellText", "variable"]

VARIABLE_FIRST = "write x=…; before and use $x here, where … is the expression"
_ORDINARY = re.compile(r"[\w./:,@%+-]+")
"""Has no special meaning anywhere, so that it can be copied at once."""
_SIMPLE = r"[^'\"\\`${}]|\$(?=[\w@*#?!-])"
_EXPANDED = re.compile(
    rf"\$\{{|}}|(?:{_SIMPLE}|\{{)+|\\[^\n]|'(?:{_SIMPLE})*'|\"(?:{_SIMPLE})*\"|\$\((?!\()(?:{_SIMPLE})*?\)"
)
"""The pieces of ``${…}`` that end at the same place whether or not bash takes quotes in it for quotes."""
_COMPUTED = re.compile(r"(?:[^'\"\\`#]|(?<=[\w${])#|\"[^'\"\\`()\[\]]*\")*")
_CONTINUED = re.compile(r"[$()<>&|;]\\\n[$'\"()<>&|;{\[\\]")


def variable(expression: Expression) -> str:
    """Return the name of the environment variable that holds an expression's value."""
    return f"JUPYTER_ML_{expression.source.upper()}_{expression.name}"


@dataclass
class ShellText:
    """A command that is read as bash does and written again, with references in place of expressions."""

    text: str
    at: int = 0
    last: int = 0
    """Where the last expression was."""
    count: int = 0
    """How many there were."""
    depth: int = 0
    out: list[str] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.end = len(self.text)
        self.expressions = {match.start(): match for match in PATTERN.finditer(self.text)}

    def ahead(self, text: str) -> bool:
        """Return whether `text` comes next."""
        return self.text.startswith(text, self.at, self.end)

    def copy(self, count: int = 1) -> str:
        """Copy the next characters, of ordinary ones as many as there are; return them."""
        ordinary = _ORDINARY.match(self.text, self.at, self.end) if count == 1 else None
        piece = ordinary[0] if ordinary else self.text[self.at : min(self.at + count, self.end)]
        self.out.append(piece)
        self.at += len(piece)
        return piece

    def expression(self, before: str = "", after: str = "") -> bool:
        """Write a reference, if an expression comes here; return whether one did."""
        match = self.expressions.get(self.at)
        if match is None or self.at >= self.end:
            return False
        self.last = self.at
        self.count += 1
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
            raise RefusedError(f"is in {where}")
        self.copy(position - self.at)

    def escaped(self) -> None:
        """Copy a backslash and what it escapes."""
        if self.at + 1 in self.expressions:
            self.last = self.at + 1
            raise RefusedError("comes after a backslash: take that away, or write '\\'… for a backslash")
        if _CONTINUED.match(self.text, max(0, self.at - 1)):
            raise RefusedError("is near a line that continues on the next within an operator: write it on one line")
        self.copy(2)

    def backticks(self) -> None:
        """Copy what is in backquotes."""
        end = re.compile(r"(?:\\.|[^`\\])*`", re.DOTALL).match(self.text, self.at + 1, self.end)
        self.skip_to(end.end() if end else self.end, "`…`: write $(…) instead")

    def single(self) -> str:
        """Copy what is in single quotes; return its text."""
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
            return self.output(2)
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

    def output(self, opening: int) -> str:
        """Copy the commands of a substitution; return what stands for their output."""
        before, documents = self.count, len(self.documents)
        self.copy(opening)
        self.commands(")")
        if len(self.documents) > documents:
            raise RefusedError("is near a here-document in $(…) that does not end there: write ) on a line after it")
        return MARK if self.count > before else "$"

    def closing(self, opening: str, closing: str) -> int:
        """Return the position after the parenthesis or bracket that closes the one that comes next."""
        start = position = self.text.index(opening, self.at, self.end)
        depth = 0
        while position < self.end:
            char = self.text[position]
            depth += (char == opening[0]) - (char == closing[0])
            position += 1
            if depth == 0:
                break
        inside = self.text[start:position]
        if not _COMPUTED.fullmatch(inside) or not inside.endswith(closing):
            raise RefusedError(f"is near {opening}…{closing} with quotes or commands: put these into a variable before")
        return position

    def brace(self, position: int) -> int:
        """Return the position after the brace that closes a ``${``; more of these and simple quotes may be inside."""
        depth = 1
        while depth:
            match = PATTERN.match(self.text, position) or _EXPANDED.match(self.text, position, self.end)
            if match is None:
                raise RefusedError("is near ${…} with quotes in quotes or commands: put these into a variable before")
            depth += (match[0] == "${") - (match[0] == "}")
            position = match.end()
        return position

    @abstractmethod
    def commands(self, closing: str) -> None:
        """Copy commands up to the parenthesis that closes them."""
