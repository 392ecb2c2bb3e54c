"""Events made small enough to be shown: a browser that gets 50 MB of text shows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from jupyter_ml.schemas.spool import DisplayUpdated, MetadataChanged, Output

if TYPE_CHECKING:
    from jupyter_ml.schemas.spool import SpoolEvent

__all__ = ["TEXT_CHARS", "shorten"]

TEXT_CHARS = 100_000
"""A text is cut to this length."""
OTHER_BYTES = 8 * 1024**2
"""Of anything else, as an image, the largest that is shown."""


def shorten(event: SpoolEvent) -> SpoolEvent:
    """Return the event without what is too large to be shown; the event itself where nothing is."""
    match event:
        case Output(output={"text": str(text)}) if len(text) > TEXT_CHARS:
            return event.model_copy(update={"output": event.output | {"text": _cut(text)}})
        case Output(output={"data": dict(data)}) if (small := _data(data)) != data:
            return event.model_copy(update={"output": event.output | {"data": small}})
        case DisplayUpdated(data=data) if (small := _data(data)) != data:
            return event.model_copy(update={"data": small})
        case MetadataChanged(metadata=metadata) if (small := _kept(metadata)) != metadata:
            return event.model_copy(update={"metadata": small})
    return event


def _cut(text: str) -> str:
    return f"{text[:TEXT_CHARS]}\n… {len(text) - TEXT_CHARS:,} more characters\n"


def _data(data: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle of media types, cut: of text the beginning, of the others those that are small enough."""
    small = {
        kind: _cut(value) if kind == "text/plain" and isinstance(value, str) and len(value) > TEXT_CHARS else value
        for kind, value in _kept(data).items()
    }
    gone = [kind for kind in data if kind not in small]
    return (
        small | {"text/plain": small.get("text/plain", f"{', '.join(gone)} is too large to be shown")}
        if gone
        else small
    )


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if _size(value) <= OTHER_BYTES}


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(to_json(value, inf_nan_mode="constants"))
