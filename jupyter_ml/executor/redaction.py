"""Keeping the values of secrets out of everything that is written."""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

__all__ = ["MASK", "Redactor"]

MASK = "***"
MIN_LINE = 4
"""A shorter line of a value with several lines (``}``) would hide more than it protects."""
MIN_BASE64 = 8
"""A shorter piece would be found in every picture."""


class Redactor:
    """Replaces values of secrets by `MASK`: as they are, and escaped, quoted or in base64.

    Parameters
    ----------
    values
        The values; empty ones are left out.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._forms = {form for value in values if value for form in _forms(value)}
        self._held: dict[Any, str] = {}

    def text(self, text: str) -> str:
        """Return `text` without the values."""
        return self._mask(text, self._spans(text))

    def value(self, value: Any) -> Any:
        """Return JSON without the values, in keys neither."""
        if not self._forms:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        return value

    def feed(self, stream: Hashable, text: str) -> str:
        """Return what can be written of a stream by now; an end that may be the beginning of a value is held back."""
        if not self._forms:
            return text
        text = self._held.pop(stream, "") + text
        spans = self._spans(text)
        cut = min((_overlap(text, form) for form in self._forms), default=len(text))
        cut = min([cut, *(start for start, end in spans if start < cut < end)])
        if cut < len(text):
            self._held[stream] = text[cut:]
        return self._mask(text[:cut], [span for span in spans if span[1] <= cut])

    def flush(self) -> list[tuple[Any, str]]:
        """Return what is held back of every stream, for no more will come."""
        held, self._held = self._held, {}
        return [(stream, self.text(text)) for stream, text in held.items()]

    def drop(self, stream: Hashable) -> None:
        """Forget what is held back of a stream, because it was cleared."""
        self._held.pop(stream, None)

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Return where values stand; overlapping ones as one, so that no end of a longer one is left."""
        spans: list[tuple[int, int]] = []
        for start, end in sorted(span for form in self._forms for span in _occurrences(text, form)):
            if spans and start < spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans

    @staticmethod
    def _mask(text: str, spans: list[tuple[int, int]]) -> str:
        parts, position = [], 0
        for start, end in spans:
            parts += [text[position:start], MASK]
            position = end
        return "".join([*parts, text[position:]])


def _occurrences(text: str, form: str) -> Iterator[tuple[int, int]]:
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = text.find(form, start + 1)


def _overlap(text: str, form: str) -> int:
    """Return where the longest end of `text` starts that is a beginning of `form`, but not all of it."""
    for start in range(max(0, len(text) - len(form) + 1), len(text)):
        if form.startswith(text[start:]):
            return start
    return len(text)


def _forms(value: str) -> Iterator[str]:
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
        yield from _base64_forms(piece.encode("utf-8", "replace"))


def _base64_forms(value: bytes) -> Iterator[str]:
    """Yield the characters that `value` alone decides, wherever it stands in what was encoded (``user:password``)."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + value)
        core = encoded[-(-shift * 4 // 3) : (shift + len(value)) * 4 // 3].decode()
        if len(core) >= MIN_BASE64:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))
