# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Emulate `ipywidgets.Output` without a browser, with a bounded size."""

from __future__ import annotations

import json
from typing import Any

from nbclient.output_widget import OutputWidget

__all__ = ["BoundedOutputWidget"]

MAX_CHARS = 100_000
TRUNCATED = f"\n… the rest is in std_log.txt: an Output widget in a job shows {MAX_CHARS:,} characters\n"


class BoundedOutputWidget(OutputWidget):
    """An `Output` widget with bounded content, because each change sends all of it to the kernel."""

    _chars = 0

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> None:
        """Add an output, up to the bound."""
        if self.clear_before_next_output:
            self._chars = 0
        if self._chars > MAX_CHARS:
            return
        content, rest = msg["content"], MAX_CHARS - self._chars
        self._chars += len(json.dumps(content, default=str)) if "text" not in content else len(content["text"])
        if self._chars > MAX_CHARS:
            header, text = {"msg_type": "stream"}, content.get("text", "")[:rest] + TRUNCATED
            msg = {**msg, **header, "header": header, "content": {"name": "stdout", "text": text}}
        super().output(outs, msg, display_id, cell_index)

    def clear_output(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """Remove the content, now or at the next output."""
        if not msg["content"].get("wait"):
            self._chars = 0
        super().clear_output(outs, msg, cell_index)
