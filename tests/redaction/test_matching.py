# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Both search methods find the same words as a search at each position."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from jupyter_ml.redaction.matching import FEW, Matcher

ALPHABET = "ab"
words = st.lists(st.text(ALPHABET, min_size=1, max_size=24), min_size=1, max_size=6)
long_words = st.lists(st.text(ALPHABET, min_size=9, max_size=24), min_size=1, max_size=6)


def find_all(words: list[str], text: str) -> list[tuple[int, int]]:
    """Return the matches of each word at each position."""
    return sorted(
        {(start, start + len(word)) for word in words for start in range(len(text)) if text.startswith(word, start)}
    )


@settings(max_examples=300)
@given(st.one_of(words, long_words), st.lists(st.text(ALPHABET, max_size=20), max_size=4), st.data())
@example(["aaaaaaaaa"], ["aaaaaaaaaaaaa"], None)
def test_both_methods_find_all_words(words: list[str], between: list[str], data: st.DataObject | None) -> None:
    inside = [data.draw(st.sampled_from(words)) for _ in between] if data else words
    text = "".join(part for pair in zip(between, inside, strict=True) for part in pair)
    matcher = Matcher(words)
    assert sorted(matcher._search_each(text)) == find_all(words, text)
    assert sorted(set(matcher._search_index(text))) == find_all(words, text)
    covered = {place for start, end in find_all(words, text) for place in range(start, end)}
    assert {place for start, end in matcher.spans(text) for place in range(start, end)} == covered


@settings(max_examples=300)
@given(words, st.text(ALPHABET, max_size=40))
def test_the_prefix_of_a_word_at_the_end_of_a_text(words: list[str], text: str) -> None:
    starts = [
        start
        for start in range(len(text))
        if any(len(word) > len(text) - start and word.startswith(text[start:]) for word in words)
    ]
    assert Matcher(words).unfinished(text) == min(starts, default=len(text))


def test_many_words_and_no_words() -> None:
    assert not Matcher(["", ""])
    assert Matcher([]).spans("text") == []
    assert Matcher([]).unfinished("text") == 4
    many = [f"word-{number:05}" for number in range(30 * FEW)]
    assert Matcher(many).spans("x word-00007word-00008 word-99999") == [(2, 12), (12, 22)]
