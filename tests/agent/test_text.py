# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Bytes go through a terminal as lines of text, and what is no such line is reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_ml.agent.text import PIECE_BYTES, LineDecoder, encode


@given(st.lists(st.binary(max_size=200)), st.integers(1, 50))
def test_pieces_come_through_in_parts_of_any_length(pieces: list[bytes], length: int) -> None:
    text = b"".join(map(encode, pieces))
    assert text.decode("ascii").isprintable() or b"\n" in text
    decoder = LineDecoder()
    parts = [text[start : start + length] for start in range(0, len(text), length)]
    assert b"".join(map(decoder.decode, parts)) == b"".join(pieces)


def test_the_largest_piece_may_be_incomplete() -> None:
    decoder, text = LineDecoder(), encode(b"x" * PIECE_BYTES)
    assert (decoder.decode(text[:-1]), decoder.decode(text[-1:])) == (b"", b"x" * PIECE_BYTES)


@pytest.mark.parametrize("text", [b"eHg=\npython3: command not found\r\n", b"a" * 70_000, b"\xff\n", b"eHg\n"])
def test_what_is_no_piece_is_reported(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"python3: command not found$|a{1000}$|\ufffd|eHg"):
        LineDecoder().decode(text)
