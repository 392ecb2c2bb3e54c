# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""`ipywidgets.Output` without a browser, of a bounded size."""

from __future__ import annotations

import json
from typing import Any

from nbclient.output_widget import OutputWidget

__all__ = ["BoundedOutputWidget"]

MOST_CHARS = 100_000
FULL = f"\n… what follows is in std_log.txt: an Output widget of a job shows {MOST_CHARS:,} characters\n"


class BoundedOutputWidget(OutputWidget):
    """Collects what is shown in it and tells the kernel of all of it at every change, which is why it has a bound."""

    _chars = 0

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> None:
        """Take one more output, as long as there is room."""
        if self.clear_before_next_output:
            self._chars = 0
        if self._chars > MOST_CHARS:
            return
        content, room = msg["content"], MOST_CHARS - self._chars
        self._chars += len(json.dumps(content, default=str)) if "text" not in content else len(content["text"])
        if self._chars > MOST_CHARS:
            header, text = {"msg_type": "stream"}, content.get("text", "")[:room] + FULL
            msg = {**msg, **header, "header": header, "content": {"name": "stdout", "text": text}}
        super().output(outs, msg, display_id, cell_index)

    def clear_output(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        """Forget what is shown, now or at the next output."""
        if not msg["content"].get("wait"):
            self._chars = 0
        super().clear_output(outs, msg, cell_index)
