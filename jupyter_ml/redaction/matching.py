# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find a set of words in a text in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Matcher"]

FEW = 50
"""Up to this number, words are searched for one at a time."""
GRAM = 4
LONGEST_GRAM = 8
"""Most characters of a piece of the text that is looked up in the index."""
MAX_ENTRIES = 20_000
"""Most entries of the index: with more words, fewer offsets of each are indexed, which limits its memory."""


class Matcher:
    """Find a set of words, which may contain any character.

    A few words are searched for one at a time. For more, the text is split into pieces of a few characters; an index
    returns the words with that piece near their beginning, and only those are compared. The longer the shortest word,
    the fewer pieces have to be looked up.

    Parameters
    ----------
    words
        The words; empty ones are ignored.
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
        """Return the start and end of all words in `text`, with overlapping ones merged."""
        found = self._search_each(text) if len(self._words) <= FEW else self._search_index(text)
        return _merged(sorted(found))

    def _search_each(self, text: str) -> Iterator[tuple[int, int]]:
        for word in self._words:
            start = text.find(word)
            while start >= 0:
                yield start, start + len(word)
                start = text.find(word, start + 1)

    def _search_index(self, text: str) -> Iterator[tuple[int, int]]:
        gram, index = self._gram, self._index
        places = range(0, len(text) - gram + 1, self._stride)
        for place in [place for place in places if text[place : place + gram] in index]:
            for offset, word in index[text[place : place + gram]]:
                if offset <= place and text.startswith(word, place - offset):
                    yield place - offset, place - offset + len(word)

    def unfinished(self, text: str) -> int:
        """Return the start of the longest suffix of `text` that is a proper prefix of a word; else its length."""
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
