# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Shorten events to a size that a browser can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from pydantic_core import from_json, to_json

from jupyter_ml.eventlog.reader import HEAD_BYTES, EventLogReader
from jupyter_ml.eventlog.texts import TEXT, count_lines, cut, text_end, with_text
from jupyter_ml.schemas.event_log import DisplayUpdated, MetadataChanged, Output, parse_event

if TYPE_CHECKING:
    import re

    from jupyter_ml.eventlog.reader import EventLogLine
    from jupyter_ml.schemas.event_log import AttemptEvent

__all__ = ["LINE_BYTES", "TEXT_CHARS", "Rest", "shorten", "shown"]

TEXT_CHARS = 100_000
"""Length to which a text is cut."""
OTHER_BYTES = 8 * 1024**2
"""Maximum size of any other output that is shown, e.g. of an image."""
LINE_BYTES = TEXT_CHARS + 1024
"""Size of the part of a line of the event log that is enough for an event whose text is cut."""
WHOLE_BYTES = OTHER_BYTES + 64 * 1024
"""The largest event that is loaded."""


class Rest(NamedTuple):
    """What was excluded from an event."""

    position: int | None = None
    lines: int = 0
    unfinished: bool = False


def shown(line: EventLogLine, file: BinaryIO, *, whole: bool = False) -> tuple[AttemptEvent, Rest | None]:
    """Return the event of a line, and what was excluded because it is too large; ValueError if it is not an event.

    Parameters
    ----------
    line
        Its first `LINE_BYTES`, at least.
    file
        The event log.
    whole
        Whether to return all of it, up to the largest event that is loaded.
    """
    size = line.end - line.start
    text = TEXT.match(line.content)
    if text and size > (WHOLE_BYTES if whole else LINE_BYTES):
        return _beginning(line, file, text)
    if size > WHOLE_BYTES:
        return _without_content(line.content[:HEAD_BYTES]), Rest()
    event = parse_event(line.content if line.whole else EventLogReader.whole(file, line))
    small = event if whole else shorten(event)
    return small, None if small is event else Rest()


def _beginning(line: EventLogLine, file: BinaryIO, text: re.Match[bytes]) -> tuple[AttemptEvent, Rest]:
    """Return an event with the beginning of its text, in whole lines if there are any."""
    start = text.end()
    length, _ = cut(line.content[start : start + TEXT_CHARS])
    event = parse_event(with_text(text, line.content[start : start + length]))
    position, end = line.start + start + length, text_end(file, line)
    lines = count_lines(file, position, end)
    goes_on = not _ends_line(line.content[start : start + length])
    file.seek(max(end - 64, position))
    unfinished = not _ends_line(file.read(end - file.tell()))
    return event, Rest(position, lines - goes_on + unfinished, unfinished)


def _ends_line(raw: bytes) -> bool:
    """Return whether a text, as it is encoded in the event log, ends with a line."""
    return raw.replace(b"\\\\", b"").endswith(b"\\n")


def _without_content(head: bytes) -> AttemptEvent:
    """Return an event of which only the beginning is loaded, without its large parts."""
    event = from_json(head, allow_partial="trailing-strings")
    if event["type"] == "metadata_changed":
        event["metadata"] = {}
    else:
        output = event["output"] if event["type"] == "output" else event
        if "data" in output:
            output["data"] = {"text/plain": f"{', '.join(output['data'])} is too large to be shown"}
        elif output.get("output_type") == "error":
            output["traceback"] = ["This error is too large to be shown."]
    return parse_event(to_json(event))


def shorten(event: AttemptEvent) -> AttemptEvent:
    """Return the event without parts that are too large to be shown; the event itself if there are none."""
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
    """Return a shortened bundle of media types: the beginning of text, and others that are small enough."""
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
