# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the text of a filter, in time that grows with its length only."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from jupyter_ml.errors import nearest
from jupyter_ml.schemas.filters import PREFIXES, RESERVED, SOURCES, Comparison, FieldTerm, FilterError, TextTerm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyter_ml.schemas.filters import FilterKey, Operator, Source, Term

__all__ = ["MAX_CHARS", "MAX_TERMS", "parse_filter", "unfinished"]

MAX_CHARS = 2_000
MAX_TERMS = 20

_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_SPACE = re.compile(r"\s*")
_MINUS = re.compile(r"-(?=\S)")
_KEY = re.compile(r"([A-Za-z_]+):(?!//)")
_PREFIX = re.compile(rf"({'|'.join(PREFIXES)})\.")
_NAME = re.compile(rf"{_QUOTED}|[^\s\"'=<>!](?:[^\s=<>!]|!(?!=))*", re.DOTALL)
_OPERATOR = re.compile(r"\s*(!=|<=|>=|==?|<|>)\s*")
_VALUE = re.compile(rf"{_QUOTED}|[^\s\"',][^\s,]*", re.DOTALL)
_COMPARED = re.compile(rf"{_QUOTED}|[^\s\"'=<>]\S*", re.DOTALL)
_COMMA = re.compile(",")
_WORD = re.compile(rf"{_QUOTED}|[^\s\"'=<>]\S*", re.DOTALL)
_ESCAPED = re.compile(r"\\([\"'\\])")
_SHOWN = 40


class Unfinished(NamedTuple):
    """The part at the end of a filter that is being typed."""

    start: int
    """Where it begins."""
    text: str
    """The part, without quotation marks."""
    key: str | None = None
    """The key that it is a value of."""
    sources: tuple[Source, ...] = ()
    """Where the name is looked for that it is, or that it is compared with."""
    name: str | None = None
    """The name that it is compared with."""


def parse_filter(text: str, keys: Sequence[FilterKey]) -> tuple[Term, ...]:
    """Return the terms of a filter.

    Parameters
    ----------
    text
        The filter.
    keys
        The keys that the kind of resource is filtered by.

    Raises
    ------
    FilterError
        If it is too long or cannot be read; the message contains what is allowed.
    """
    if len(text) > MAX_CHARS:
        raise FilterError(f"the filter has {len(text):,} characters: at most {MAX_CHARS:,} are allowed")
    terms = dict.fromkeys(_Parser(text, keys).terms())
    if len(terms) > MAX_TERMS:
        raise FilterError(f"the filter has {len(terms)} terms: at most {MAX_TERMS} are allowed")
    return tuple(terms)


def unfinished(text: str, keys: Sequence[FilterKey]) -> Unfinished:
    """Return the part at the end of `text` that is to be completed, whether or not the text can be read."""
    parser = _Parser(text, keys)
    with suppress(FilterError):
        for _ in parser.terms():
            pass
    return parser.last()


class _Parser:
    """Reads terms from the start to the end, and remembers where the last part of one began."""

    def __init__(self, text: str, keys: Sequence[FilterKey]) -> None:
        self._text = text
        self._keys = {key.name: key for key in keys}
        self._sources = {key.source for key in keys}
        self._at = 0
        self._part = Unfinished(0, "")

    def terms(self) -> Iterator[Term]:
        self._take(_SPACE)
        while self._at < len(self._text):
            self._begin()
            negated = self._take(_MINUS) is not None
            self._begin()
            key = self._take(_KEY)
            yield self._keyed(key, negated=negated) if key else self._named_or_words(negated=negated)
            if self._take(_SPACE):
                self._begin()

    def last(self) -> Unfinished:
        text = self._text[self._part.start :]
        quote = text[:1] if text[:1] in ("'", '"') else ""
        return self._part._replace(text=_ESCAPED.sub(r"\1", text.removeprefix(quote).removesuffix(quote)))

    def _keyed(self, written: str, *, negated: bool) -> Term:
        word = written.removesuffix(":")
        key = self._keys.get(word.casefold())
        if key is None:
            known = f"use one of {', '.join(self._keys)}, or put the text in quotation marks"
            raise FilterError(f"unknown key {_short(word)}{nearest(word, self._keys)}: {known}")
        if key.source is not None:
            return self._comparison((key.source,), negated=negated)
        values = [self._value(key)]
        while self._take(_COMMA):
            values.append(self._value(key))
        return FieldTerm(key.name, tuple(values), negated)

    def _value(self, key: FilterKey) -> str:
        self._begin(key=key.name)
        text = self._atom(_VALUE, f"a value is missing after {key.name}:")
        if not key.values:
            return text
        value = text.casefold()
        if value not in key.values:
            known = f"use one of {', '.join(key.values)}"
            begun = self._at == len(self._text) and any(each.startswith(value) for each in key.values)
            raise FilterError(
                f"unknown value {_short(text)} of {key.name}{nearest(text, key.values)}: {known}", incomplete=begun
            )
        return value

    def _comparison(self, sources: tuple[Source, ...], *, negated: bool) -> Comparison:
        self._begin(sources=sources)
        name = self._atom(_NAME, "a name is missing")
        operator = self._take(_OPERATOR)
        if operator is None:
            return Comparison(name, sources=sources, negated=negated)
        return self._compared(name, operator, sources, negated=negated)

    def _named_or_words(self, *, negated: bool) -> Term:
        start = self._at
        prefix = self._take(_PREFIX)
        sources = (PREFIXES[prefix.removesuffix(".")],) if prefix else SOURCES
        if prefix:
            self._begin(sources=sources)
        name = self._take(_NAME)
        operator = self._take(_OPERATOR) if name else None
        if name and operator:
            if not self._sources.issuperset(sources):
                raise FilterError(f"nothing is compared in this list: put {_short(name)} in quotation marks to find it")
            return self._compared(_unquoted(name), operator, sources, negated=negated)
        if prefix and not name:
            raise FilterError(f"a name is missing after {prefix}", incomplete=self._at == len(self._text))
        self._at = start
        return self._words(negated=negated)

    def _words(self, *, negated: bool) -> TextTerm:
        rest = self._text[self._at : self._at + 2 * _SHOWN]
        if word := next((word for word in RESERVED if re.match(rf"{word}(?!\S)", rest)), None):
            raise FilterError(
                f"{word} has no meaning: all terms have to hold, is:failed,canceled is either, -is:failed is not; "
                "put the word in quotation marks to find it"
            )
        return TextTerm(self._atom(_WORD, f"a name is missing before {_short(rest)}"), negated)

    def _compared(self, name: str, operator: str, sources: tuple[Source, ...], *, negated: bool) -> Comparison:
        sign = cast("Operator", operator.strip().replace("==", "="))
        self._begin(sources=sources, name=name)
        value = self._atom(_COMPARED, f"a value is missing after {_short(name)} {sign}")
        found = Comparison(name, sign, value, sources, negated)
        if sources == ("metrics",) and found.number is None:
            raise FilterError(f"a metric is compared with a number, not with {_short(value)}")
        return found

    def _atom(self, pattern: re.Pattern[str], missing: str) -> str:
        """Return the next name, value or word without its quotation marks."""
        text = self._take(pattern)
        if not text:
            rest = self._text[self._at :]
            if rest[:1] in ("'", '"'):
                raise FilterError(f"the quotation mark of {_short(rest)} is not closed", incomplete=True)
            raise FilterError(missing, incomplete=not rest)
        if text in ("''", '""'):
            raise FilterError("there is no text between the quotation marks", incomplete=True)
        return _unquoted(text)

    def _take(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        return match[0]

    def _begin(self, **part: Any) -> None:
        self._part = Unfinished(self._at, "", **part)


def _unquoted(text: str) -> str:
    return _ESCAPED.sub(r"\1", text[1:-1]) if text[0] in "'\"" else text


def _short(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…")
