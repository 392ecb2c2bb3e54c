# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Normalize and bound the contents of messages, because not every kernel follows the protocol.

The result is as in https://nbformat.readthedocs.io/en/latest/format_description.html#code-cell-outputs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["OUTPUTS", "bounded", "error_of", "normalized", "pieces"]

OUTPUTS = frozenset({"stream", "display_data", "execute_result", "update_display_data", "error"})
"""The types of messages with an output."""
MAX_CHARS = 2_000_000
"""Most characters of the text of an object or an exception."""
LINE_CHARS = 10_000
TRACEBACK_PARTS = 500
PIECE_CHARS = 4 * 1024**2
"""Most characters of printed text in one event, so that readers need little memory."""


def normalized(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a message of a type in `OUTPUTS`, with all fields and the right types."""
    if kind == "error":
        return error_of(content)
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return {"name": name, "text": _text(content.get("text"))}
    data, metadata = content.get("data"), content.get("metadata")
    count = content.get("execution_count")
    return {
        "data": {str(mime): _mime_value(str(mime), value) for mime, value in _dict(data).items()},
        "metadata": _dict(metadata),
        "transient": _dict(content.get("transient")),
        **({"execution_count": count if isinstance(count, int) else None} if kind == "execute_result" else {}),
    }


def error_of(content: dict[str, Any]) -> dict[str, Any]:
    """Return the error in a message or a reply; traceback and name of the exception may be empty."""
    traceback = content.get("traceback")
    lines = traceback if isinstance(traceback, list) else [traceback] if traceback else []
    return {
        "ename": _text(content.get("ename")),
        "evalue": _text(content.get("evalue")),
        "traceback": [_text(line) for line in lines],
    }


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _mime_value(mime: str, value: Any) -> Any:
    if mime.endswith("json") or isinstance(value, str):
        return value
    return "".join(map(_text, value)) if isinstance(value, list) else _text(value)


def bounded(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return the content with texts cut to `MAX_CHARS`; streams are split by `pieces` instead."""
    if kind == "error":
        cut = {key: _cut(content[key]) for key in ("ename", "evalue")}
        return cut | {"traceback": _cut_lines(content["traceback"])}
    if kind == "stream":
        return content
    data = content["data"]
    return content | {"data": {mime: _cut(value) if mime == "text/plain" else value for mime, value in data.items()}}


def pieces(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the content, split if its text is too long for one event."""
    text = content.get("text", "")
    for start in range(0, max(len(text), 1), PIECE_CHARS):
        yield content | {"text": text[start : start + PIECE_CHARS]} if "text" in content else content


def _cut_lines(lines: list[str]) -> list[str]:
    return lines if sum(map(len, lines)) <= MAX_CHARS else [_cut(line, LINE_CHARS) for line in lines[-TRACEBACK_PARTS:]]


def _cut(text: Any, most: int = MAX_CHARS) -> Any:
    if not isinstance(text, str) or len(text) <= most:
        return text
    return f"{text[:most]}\n… {len(text) - most:,} more characters were removed\n"
