# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Record the outputs of cells as they arrive, without keeping them in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbclient import NotebookClient
from nbformat import NotebookNode

from jupyter_ml.executor.message_contents import OUTPUTS, bounded, normalized, pieces
from jupyter_ml.executor.output_widgets import BoundedOutputWidget
from jupyter_ml.executor.progress_bars import ProgressBars
from jupyter_ml.executor.widgets import VIEW, Widgets
from jupyter_ml.schemas.event_log import Cleared, DisplayUpdated, Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_client.client import KernelClient

    from jupyter_ml.executor.recorder import Recorder

__all__ = ["OutputMessages", "number_of"]

NAMES = ("_model_name", "_model_module")
"""Keys that the state of every widget has."""


def number_of(cell: NotebookNode) -> int:
    """Return the index of a prepared cell in the submitted notebook."""
    return int(cell.metadata["jupyter_ml"]["cell"])


class OutputMessages(NotebookClient):
    """Handle messages with outputs, and record them with secrets masked.

    nbclient keeps the state of widgets, and replaces the browser for `Output` widgets. It would keep all outputs as
    well, which are already in the event log.

    Parameters
    ----------
    nb
        A prepared notebook; execution counts are added to its cells, outputs are not.
    client
        Client of the kernel.
    recorder
        Records outputs.
    on_output
        Called with each new output.

    Attributes
    ----------
    errors : dict
        The last error that a cell displayed, by its position.
    bars : ProgressBars
        The progress bars of the running cell.
    """

    def __init__(
        self,
        nb: NotebookNode,
        client: KernelClient,
        recorder: Recorder,
        on_output: Callable[[NotebookNode], None] | None = None,
    ) -> None:
        super().__init__(nb, record_timing=False)  # times are in the event log
        self.kc = client
        self.widget_registry = {"@jupyter-widgets/output": {"OutputModel": BoundedOutputWidget}}
        self.errors: dict[int, dict[str, Any]] = {}
        self._recorder = recorder
        self._on_output = on_output
        self._widgets = Widgets(self.widget_state, self._updated)
        self.bars = ProgressBars(recorder, self._widgets.open_bars)

    def handle(self, message: dict[str, Any], position: int) -> None:
        """Record the output in a message of the cell at `position`."""
        kind, content, cell = message["msg_type"], message["content"], self.nb.cells[position]
        if isinstance(content.get("execution_count"), int):
            cell["execution_count"] = content["execution_count"]
        if kind == "clear_output":
            self._clear(message, position)
        elif kind.startswith("comm"):
            content["data"] = self._recorder.redactor.value(content["data"])
            self._handle_comm(message, position)
        elif kind in OUTPUTS:
            message["content"] = self._redacted(kind, normalized(kind, content), position)
            self._show(message, position)

    def flush(self) -> None:
        """Record buffered output: text that could be the beginning of a secret, and the latest text of widgets."""
        self._widgets.flush()
        for (position, name), text in self._recorder.redactor.flush():
            header = {"msg_type": "stream"}
            message = {**header, "header": header, "parent_header": {}, "content": {"name": name, "text": text}}
            self._show(message, position)

    def _redacted(self, kind: str, content: dict[str, Any], position: int) -> dict[str, Any]:
        redactor = self._recorder.redactor
        if kind == "stream":
            return content | {"text": redactor.feed((position, content["name"]), content["text"])}
        if kind == "error":
            return {key: redactor.value(value) for key, value in content.items()}
        data = {mime: redactor.value(value) for mime, value in content["data"].items()}
        return content | {"data": data, "metadata": redactor.value(content["metadata"])}

    def _show(self, message: dict[str, Any], position: int) -> None:
        kind, content = message["msg_type"], message["content"]
        hooks = self.output_hook_stack[message["parent_header"].get("msg_id")]
        if kind == "stream":
            if not content["text"]:
                return
            # before the event, so that readers of the event find it in the plain log
            self._recorder.print(content["text"])
            self.bars.printed(content["name"], content["text"])
        if kind == "update_display_data":
            self._updated(content["transient"].get("display_id"), content["data"], content["metadata"])
        elif hooks:
            hooks[-1].output([], message, None, position)
        else:
            if kind == "error":
                self.errors[position] = content
            self._write(kind, content, position)

    def _write(self, kind: str, content: dict[str, Any], position: int) -> None:
        display_id = content.pop("transient", {}).get("display_id")
        if VIEW in content.get("data", {}):
            display_id = self._widgets.show(content["data"], display_id)
        if self.clear_before_next_output:
            self.clear_before_next_output = False
            self._cleared(position)
        for piece in pieces(bounded(kind, content)):
            out = NotebookNode(output_type=kind, **piece)  # type: ignore[no-untyped-call]
            self._recorder.emit(Output, cell=number_of(self.nb.cells[position]), output=out, display_id=display_id)
            if self._on_output is not None:
                self._on_output(out)

    def _clear(self, message: dict[str, Any], position: int) -> None:
        hooks = self.output_hook_stack[message["parent_header"].get("msg_id")]
        if hooks:
            hooks[-1].clear_output([], message, position)
        elif message["content"].get("wait"):
            self.clear_before_next_output = True
        else:
            self._cleared(position)

    def _cleared(self, position: int) -> None:
        for name in ("stdout", "stderr"):
            self._recorder.redactor.drop((position, name))
        self._recorder.emit(Cleared, cell=number_of(self.nb.cells[position]))

    def _updated(self, display_id: str | None, data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
        if display_id:
            shown = bounded("display_data", {"data": data})
            self._recorder.emit(DisplayUpdated, display_id=display_id, data=shown["data"], metadata=metadata or {})

    def _handle_comm(self, message: dict[str, Any], position: int) -> None:
        """Update the state of a widget; other comms are ignored, because nbclient fails on their messages."""
        if self._is_widget_message(message):
            self.handle_comm_msg([], message, position)
            self._widgets.changed(message["content"]["comm_id"])
            self.bars.changed()

    def _is_widget_message(self, message: dict[str, Any]) -> bool:
        data, model = message["content"].get("data"), message["content"]["comm_id"]
        if not isinstance(data, dict):
            return False
        state = data.get("state", {})
        opens = message["msg_type"] == "comm_open" or (state and model not in self.widget_state)
        return isinstance(state, dict) and (not opens or all(isinstance(state.get(name), str) for name in NAMES))
