# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Replace the values of secrets in text, JSON and streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.redaction.encodings import encodings
from jupyter_ml.redaction.matching import Matcher

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

__all__ = ["MASK", "Redactor"]

MASK = "***"


class Redactor:
    """Replace the values of secrets by `MASK`, also where they are escaped, quoted or encoded.

    Parameters
    ----------
    values
        The values; empty ones are ignored.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._matcher = Matcher(form for value in values if value for form in encodings(value))
        self._buffers: dict[Any, str] = {}

    def copy(self) -> Redactor:
        """Return a redactor of the same values, with streams of its own."""
        other = Redactor()
        other._matcher = self._matcher
        return other

    def text(self, text: str) -> str:
        """Return `text` with the values masked."""
        return self._mask(text, self._matcher.spans(text))

    def value(self, value: Any) -> Any:
        """Return a JSON value with the values of secrets masked, in keys as well."""
        if not self._matcher:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        return value

    def feed(self, stream: Hashable, text: str) -> str:
        """Return the next text of a stream, masked; a suffix that may be the beginning of a value is buffered."""
        if not self._matcher:
            return text
        text = self._buffers.pop(stream, "") + text
        spans = self._matcher.spans(text)
        cut = self._matcher.unfinished(text)
        cut = min([cut, *(start for start, end in spans if start < cut < end)])
        if cut < len(text):
            self._buffers[stream] = text[cut:]
        return self._mask(text[:cut], [span for span in spans if span[1] <= cut])

    def flush(self) -> list[tuple[Any, str]]:
        """Return the buffered text of each stream, masked, and clear the buffers."""
        buffers, self._buffers = self._buffers, {}
        return [(stream, self.text(text)) for stream, text in buffers.items()]

    def drop(self, stream: Hashable) -> None:
        """Discard the buffered text of a stream that was cleared."""
        self._buffers.pop(stream, None)

    @staticmethod
    def _mask(text: str, spans: list[tuple[int, int]]) -> str:
        parts, position = [], 0
        for start, end in spans:
            parts += [text[position:start], MASK]
            position = end
        return "".join([*parts, text[position:]])
