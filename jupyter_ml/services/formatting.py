# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Format states and outputs as plain text, the same for all clients."""

from __future__ import annotations

from typing import Any

from jupyter_ml.schemas.formatting import (
    SIGNS,
    age,
    bar,
    duration,
    elapsed_s,
    left,
    left_s,
    number,
    place,
    queue_text,
    summary,
    value_text,
)
from jupyter_ml.storage.snapshot_contents import readable as size

__all__ = [
    "SIGNS",
    "age",
    "bar",
    "duration",
    "elapsed_s",
    "left",
    "left_s",
    "number",
    "output_text",
    "place",
    "queue_text",
    "size",
    "summary",
    "value_text",
]


def output_text(output: dict[str, Any]) -> str:
    """Return the text of a notebook's output (nbformat 4); an empty string if it has none."""
    match output:
        case {"output_type": "stream", "text": text}:
            return _joined(text)
        case {"output_type": "error", "traceback": list(lines)}:
            return "\n".join(map(str, lines)) + "\n"
        case {"output_type": "execute_result" | "display_data", "data": dict(data)}:
            return _joined(data.get("text/plain", "")) + "\n"
    return ""


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text)
