# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Render widgets as text, which can be read while a job runs although its widgets are not interactive.

The state of widgets is described in ipywidgets' model schema, https://ipywidgets.readthedocs.io (Jupyter widget
models). Progress bars are rendered as by tqdm in a terminal.
"""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["VIEW", "Widgets"]

VIEW = "application/vnd.jupyter.widget-view+json"
"""The MIME type of a widget."""

PERIOD_S = 1.0
WIDTH = 10
MAX_CHARS = 10_000
MAX_WIDGETS = 100
"""Most widgets in one output; larger ones are not rendered."""
_MODEL = "IPY_MODEL_"


@dataclass
class _Shown:
    display_id: str
    data: dict[str, Any]


class Widgets:
    """Render the widgets that are displayed, and report new text when they change.

    Parameters
    ----------
    states
        States by the id of the model; updated by the caller.
    emit
        Called with display id and data of an output with new text; at most once in `PERIOD_S` for each.
    """

    def __init__(self, states: Mapping[str, dict[str, Any]], emit: Callable[[str, dict[str, Any]], None]) -> None:
        self._states = states
        self._emit = emit
        self._shown: dict[str, _Shown] = {}
        self._roots: dict[str, set[str]] = {}
        self._stale: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def show(self, data: dict[str, Any], display_id: str | None) -> str | None:
        """Add text to the data of an output, follow its changes, and return its display id."""
        view = data[VIEW]
        model = str(view.get("model_id")) if isinstance(view, dict) else ""
        parts = self._parts(model)
        text = self._text(model) if parts else None
        if text is None:
            return display_id
        data["text/plain"] = text
        self._shown[model] = _Shown(display_id or f"widget-{model}", data)
        for part in parts:
            self._roots.setdefault(part, set()).add(model)
        return self._shown[model].display_id

    def changed(self, model: str) -> None:
        """Schedule an update for the outputs that contain a model."""
        self._stale |= self._roots.get(model, set())
        if self._stale and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PERIOD_S, self.flush)

    def flush(self) -> None:
        """Report all new text now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._stale:
            model = self._stale.pop()
            shown, text = self._shown[model], self._text(model) if self._parts(model) else None
            if text is not None and text != shown.data["text/plain"]:
                shown.data = {**shown.data, "text/plain": text}
                self._emit(shown.display_id, shown.data)

    def open_bars(self) -> Iterator[str]:
        """Yield the text of each widget with a progress bar that is not closed, in the order in which they came."""
        for model in list(self._shown):
            states = [self._states.get(part, {}) for part in self._parts(model)]
            bars = [state for state in states if state.get("_model_name") in _BARS]
            if bars and not any(state.get("bar_style") in _CLOSED for state in bars):
                yield self._text(model) or ""

    def _parts(self, model: str) -> list[str]:
        """Return a widget and all widgets in it; empty if they are too many or not a tree."""
        parts = [model]
        for part in parts:
            parts += self._children(part)
            if len(parts) > MAX_WIDGETS or len(set(parts)) < len(parts):
                return []
        return parts

    def _children(self, model: str) -> list[str]:
        children = self._states.get(model, {}).get("children")
        return [str(child).removeprefix(_MODEL) for child in children] if isinstance(children, list) else []

    def _text(self, model: str) -> str | None:
        """Return the text of a widget; None if it has no text form."""
        state = self._states.get(model, {})
        kind = str(state.get("_model_name"))
        if kind in _BOXES:
            texts = [self._text(child) for child in self._children(model)]
            known = [text for text in texts if text is not None]
            return _BOXES[kind].join(known) if len(known) == len(texts) else None
        return _RENDERERS[kind](state) if kind in _RENDERERS else None


def _text_value(state: dict[str, Any]) -> str:
    value = str(state.get("value") or "")[:MAX_CHARS]
    return _titled(state, html.unescape(re.sub(r"<[^>]*>", "", value)))


def _bar(state: dict[str, Any]) -> str:
    numbers = (state.get(key) for key in ("min", "max", "value"))
    low, high, value = (each if isinstance(each, (int, float)) else 0 for each in numbers)
    part = min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.0
    return _titled(state, f"|{'█' * int(part * WIDTH):{WIDTH}}|")


def _titled(state: dict[str, Any], text: str) -> str:
    title = state.get("description")
    return f"{title} {text}" if title else text


_BARS = ("FloatProgressModel", "IntProgressModel")
_CLOSED = ("success", "danger")
"""The styles in which tqdm leaves a bar."""
_BOXES = {"HBoxModel": "", "BoxModel": "", "VBoxModel": "\n"}
_RENDERERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "HTMLModel": _text_value,
    "LabelModel": _text_value,
    "FloatProgressModel": _bar,
    "IntProgressModel": _bar,
}
