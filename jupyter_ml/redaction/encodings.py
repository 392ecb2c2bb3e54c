# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the forms in which programs write the value of a secret: escaped, quoted and encoded."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["encodings"]

MIN_LINE = 4
"""Shorter lines of a multiline value, e.g. ``}``, are not masked: they occur in any text."""
MIN_BASE64 = 8
"""Shorter pieces are not masked: they occur in every encoded image."""
ANSI_C = {"\\": "\\\\", "'": "\\'", "\a": "\\a", "\b": "\\b", "\x1b": "\\E", "\f": "\\f"} | {
    "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"
}  # fmt: skip


def encodings(value: str) -> Iterator[str]:
    """Yield all forms of a value, and of each line of a multiline value; a form may occur twice."""
    lines = [line.strip() for line in value.splitlines()]
    pieces = [value, value.strip(), *(line for line in lines if len(lines) > 1 and len(line) >= MIN_LINE)]
    for piece in filter(None, pieces):
        yield piece
        yield repr(piece)[1:-1]
        yield json.dumps(piece)[1:-1]
        yield json.dumps(piece, ensure_ascii=False)[1:-1]
        yield html.escape(piece)
        yield quote(piece, errors="replace")
        yield quote(piece, safe="", errors="replace")
        yield quote_plus(piece, errors="replace")
        yield from _shell_forms(piece)
        yield from _base64_forms(piece.encode("utf-8", "replace"))


def _shell_forms(text: str) -> Iterator[str]:
    """Yield the forms that ``set -x``, ``declare -p``, ``printf %q`` and `shlex.quote` write."""
    yield text.replace("'", "'\\''")
    yield text.replace("'", "'\"'\"'")
    yield re.sub(r'["$`\\]', r"\\\g<0>", text)
    yield re.sub(r"^#|(?<![^:=])~|[^\w@%+=:./~#-]", lambda found: _backslashed(found[0]), text)
    yield "".join(ANSI_C.get(letter, letter if letter.isprintable() else _octal(letter)) for letter in text)
    yield "".join(ANSI_C.get(letter, letter if " " <= letter <= "~" else _octal(letter)) for letter in text)


def _backslashed(letter: str) -> str:
    return letter if letter > "~" else f"\\{letter}"


def _octal(letter: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in letter.encode("utf-8", "replace"))


def _base64_forms(value: bytes) -> Iterator[str]:
    """Yield the Base64 characters that depend on `value` only, at each offset (as in ``user:password``)."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + value)
        core = encoded[-(-shift * 4 // 3) : (shift + len(value)) * 4 // 3].decode()
        if len(core) >= MIN_BASE64:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))
