# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Finding many texts in one pass over another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Matcher"]

FEW = 50
"""So many words are looked for one by one."""
GRAM = 4
LONGEST_GRAM = 8
"""Characters of a piece."""
MAX_ENTRIES = 20_000
"""Entries of the index up to which positions are left out: with more of them it would take too much memory."""


class Matcher:
    """Finds a set of words, each of which may hold any character.

    Few words are looked for one by one. For many, the text is looked at in pieces of a few characters: an index tells
    the words that have such a piece near their beginning, and only those are compared. Where all words are long, every
    second or ninth piece is enough.

    Parameters
    ----------
    words
        What to find; empty ones are left out.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if word})
        shortest = min(map(len, self._words), default=0)
        self._longest = max(map(len, self._words), default=0)
        self._gram = min(shortest, max(GRAM, min(LONGEST_GRAM, (shortest + 1) // 2)))
        self._stride = max(1, min(shortest - self._gram + 1, MAX_ENTRIES // max(1, len(self._words))))
        self._index: dict[str, list[tuple[int, str]]] = {}
        self._heads: dict[str, list[str]] = {}
        self._beginnings: set[str] = set()
        for word in self._words:
            self._heads.setdefault(word[: self._gram], []).append(word)
            self._beginnings.update(word[:length] for length in range(1, self._gram))
            for offset in range(self._stride):
                self._index.setdefault(word[offset : offset + self._gram], []).append((offset, word))

    def __bool__(self) -> bool:
        return bool(self._words)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where words stand; overlapping ones as one, so that no end of a longer one is left."""
        found = self._one_by_one(text) if len(self._words) <= FEW else self._at_once(text)
        return _merged(sorted(found))

    def _one_by_one(self, text: str) -> Iterator[tuple[int, int]]:
        for word in self._words:
            start = text.find(word)
            while start >= 0:
                yield start, start + len(word)
                start = text.find(word, start + 1)

    def _at_once(self, text: str) -> Iterator[tuple[int, int]]:
        gram, index = self._gram, self._index
        places = range(0, len(text) - gram + 1, self._stride)
        for place in [place for place in places if text[place : place + gram] in index]:
            for offset, word in index[text[place : place + gram]]:
                if offset <= place and text.startswith(word, place - offset):
                    yield place - offset, place - offset + len(word)

    def unfinished(self, text: str) -> int:
        """Return where the longest end of `text` starts that is a beginning of a word, but not all of it."""
        gram, size = self._gram, len(text)
        first = max(0, size - self._longest + 1)
        for start in range(first, size - gram + 1):
            for word in self._heads.get(text[start : start + gram], ()):
                if len(word) > size - start and word.startswith(text[start:]):
                    return start
        rest = range(max(first, size - gram + 1), size)
        return next((start for start in rest if text[start:] in self._beginnings), size)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
