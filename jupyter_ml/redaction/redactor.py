# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Keeping the values of secrets out of everything that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.redaction.encodings import disguises
from jupyter_ml.redaction.matching import Matcher

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

__all__ = ["MASK", "Redactor"]

MASK = "***"


class Redactor:
    """Replaces values of secrets by `MASK`: as they are, and escaped, quoted or encoded.

    Parameters
    ----------
    values
        The values; empty ones are left out.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._matcher = Matcher(form for value in values if value for form in disguises(value))
        self._held: dict[Any, str] = {}

    def text(self, text: str) -> str:
        """Return `text` without the values."""
        return self._mask(text, self._matcher.spans(text))

    def value(self, value: Any) -> Any:
        """Return JSON without the values, in keys neither."""
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
        """Return what can be written of a stream by now; an end that may be the beginning of a value is held back."""
        if not self._matcher:
            return text
        text = self._held.pop(stream, "") + text
        spans = self._matcher.spans(text)
        cut = self._matcher.unfinished(text)
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

    @staticmethod
    def _mask(text: str, spans: list[tuple[int, int]]) -> str:
        parts, position = [], 0
        for start, end in spans:
            parts += [text[position:start], MASK]
            position = end
        return "".join([*parts, text[position:]])
