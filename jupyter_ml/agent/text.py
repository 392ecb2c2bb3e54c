# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Send bytes through a terminal, which passes text: each piece is a line in base64."""

from __future__ import annotations

import base64

__all__ = ["PIECE_BYTES", "LineDecoder", "encode"]

PIECE_BYTES = 48 * 1024
"""Largest piece."""
LINE_BYTES = 4 * PIECE_BYTES // 3


def encode(piece: bytes) -> bytes:
    """Return a piece as a line."""
    return base64.b64encode(piece) + b"\n"


class LineDecoder:
    """Returns the pieces of lines, which come in parts of any length."""

    def __init__(self) -> None:
        self._rest = b""

    def decode(self, part: bytes) -> bytes:
        """Return what is in the lines that a part completes.

        Raises
        ------
        ValueError
            With a line that is not a piece, such as an error message of a program.
        """
        text, end, self._rest = (self._rest + part).rpartition(b"\n")
        lines = text.split(b"\n") if end else []
        if len(self._rest) > LINE_BYTES:
            raise ValueError(_shown(self._rest))
        return b"".join(map(_decode, lines))


def _decode(line: bytes) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except ValueError:
        raise ValueError(_shown(line)) from None


def _shown(text: bytes) -> str:
    return text[-1000:].decode(errors="replace").strip()
