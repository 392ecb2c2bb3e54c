"""Running cells: nbclient keeps outputs, displays and widgets; here they go to the spool as they arrive."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete

from jupyter_ml.executor.channels import receive
from jupyter_ml.executor.widgets import VIEW, Widgets
from jupyter_ml.schemas.spool import Cleared, DisplayUpdated, Output

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from jupyter_ml.executor.kernel import Kernel
    from jupyter_ml.executor.recorder import Recorder

__all__ = ["CellClient", "NoReplyError", "number_of"]

PATIENCE_S = 60.0
"""How long the second of the two messages that end a cell, reply and idle, is waited for."""
UNFINISHED = "The kernel never reported that it was done with the cell; some of its last outputs may be missing."

LATE = frozenset({"stream", "display_data", "update_display_data"})
"""Messages that a cell's tasks may still send when later cells run."""
NAMES = ("_model_name", "_model_module")
"""What every widget's state begins with."""


class NoReplyError(Exception):
    """The kernel is idle again, and has not replied."""


def number_of(cell: NotebookNode) -> int:
    """Return the index of a prepared cell in the notebook as submitted."""
    return int(cell.metadata["jupyter_ml"]["cell"])


class CellClient(NotebookClient):
    """Sends cells to a kernel and writes down what comes back.

    nbclient's own way of running a cell is not used: it polls for the death of the kernel, and loses what asyncio tasks
    print after their cell has ended.

    Parameters
    ----------
    nb
        A prepared notebook; outputs are put into it, too.
    kernel
        Connected.
    recorder
        Where outputs go.
    on_output
        Called with every new output.
    """

    def __init__(
        self,
        nb: NotebookNode,
        kernel: Kernel,
        recorder: Recorder,
        on_output: Callable[[NotebookNode], None] | None = None,
    ) -> None:
        super().__init__(nb, record_timing=False)  # the spool has the times
        self._kernel_client = self.kc = kernel.client
        self.received = self._heard = 0
        self._recorder = recorder
        self._on_output = on_output
        self._positions: dict[str, int] = {}
        self._running = ""
        self._idle = asyncio.Event()
        self._widgets = Widgets(self.widget_state, self._updated)
        self.listener = asyncio.ensure_future(self._listen())

    async def run(self, position: int) -> dict[str, Any]:
        """Run one cell and return the kernel's reply, after its last output; NoReplyError where there is none."""
        cell = self.nb.cells[position]
        cell.outputs = []
        self._idle.clear()
        self.clear_before_next_output = False
        self._running = self._kernel_client.execute(cell.source, stop_on_error=False)
        self._positions[self._running] = position
        replied = asyncio.ensure_future(self._replied(self._running))
        idle = asyncio.ensure_future(self._idle.wait())
        try:
            await asyncio.wait({replied, idle}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({replied}, timeout=PATIENCE_S)  # a kernel replies before it is idle
            if not replied.done():
                raise NoReplyError
            if not await self._silence(idle):
                self._recorder.warn(UNFINISHED, number_of(cell))
            self.release()
            return dict(replied.result()["content"])
        finally:
            replied.cancel()
            idle.cancel()

    async def _replied(self, request: str) -> dict[str, Any]:
        while True:
            reply = await receive(self._kernel_client.get_shell_msg)
            if reply["parent_header"].get("msg_id") == request:
                return reply

    async def _silence(self, idle: asyncio.Future[Any]) -> bool:
        """Wait for the last message of a cell that has replied; False where the kernel only keeps silent."""
        before = -1
        while not idle.done() and before != self._heard:
            before = self._heard
            await asyncio.wait({idle}, timeout=PATIENCE_S)
        return idle.done()

    async def drain(self) -> None:
        """Wait until everything that a dead kernel has sent is written down."""
        before, until = -1, asyncio.get_running_loop().time() + PATIENCE_S
        while before != self.received and asyncio.get_running_loop().time() < until:
            before = self.received
            await asyncio.wait({self.listener}, timeout=0.1)
        self.release()

    def close(self) -> None:
        """Listen no more."""
        self.listener.cancel()
        self.release()

    def release(self) -> None:
        """Write what was held back: what could have been the beginning of a secret, and what widgets say by now."""
        self._widgets.flush()
        for (position, name), text in self._recorder.redactor.flush():
            message: dict[str, Any] = {"msg_type": "stream", "header": {"msg_type": "stream"}}
            message |= {"parent_header": {"msg_id": self._running}, "content": {"name": name, "text": text}}
            super().process_message(message, self.nb.cells[position], position)

    async def _listen(self) -> None:
        while True:
            message = await receive(self._kernel_client.get_iopub_msg)
            parent = message["parent_header"].get("msg_id")
            self._heard += parent == self._running
            if parent in self._positions:
                self._take(message, self._positions[parent], late=parent != self._running)
            self.received += 1

    def _take(self, message: dict[str, Any], position: int, *, late: bool) -> None:
        if late and message["msg_type"] not in LATE:
            return
        clearing = self.clear_before_next_output
        if late:  # a pending clear belongs to the cell that runs
            self.clear_before_next_output = False
        try:
            self.process_message(message, self.nb.cells[position], position)
        except CellExecutionComplete:
            self._idle.set()
        if late:
            self.clear_before_next_output = clearing

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take the secrets out of a message, then do what nbclient does with it."""
        redactor, content = self._recorder.redactor, msg["content"]
        if msg["msg_type"] == "stream":
            content["text"] = redactor.feed((cell_index, content["name"]), content["text"])
            if not content["text"]:
                return None
        elif msg["msg_type"] in ("display_data", "execute_result", "update_display_data"):
            content["data"] = {kind: redactor.value(value) for kind, value in content["data"].items()}
            content["metadata"] = redactor.value(content["metadata"])
        elif msg["msg_type"] == "error":
            content.update({key: redactor.value(content[key]) for key in ("ename", "evalue", "traceback")})
        elif msg["msg_type"].startswith("comm"):
            content["data"] = redactor.value(content["data"])
        return super().process_message(msg, cell, cell_index)

    def handle_comm_msg(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        """Keep the state of a widget, and say what it shows; nbclient breaks at what other comms say."""
        if self._is_of_widget(msg):
            super().handle_comm_msg(outs, msg, cell_index)
            self._widgets.changed(msg["content"]["comm_id"])

    def _is_of_widget(self, msg: dict[str, Any]) -> bool:
        data, model = msg["content"].get("data"), msg["content"]["comm_id"]
        if not isinstance(data, dict):
            return False
        state = data.get("state", {})
        opens = msg["msg_type"] == "comm_open" or (state and model not in self.widget_state)
        return isinstance(state, dict) and (not opens or all(isinstance(state.get(name), str) for name in NAMES))

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output and write it down."""
        clearing = self.clear_before_next_output
        if VIEW in msg["content"].get("data", {}):
            display_id = self._widgets.show(msg["content"]["data"], display_id)
        out = super().output(outs, msg, display_id, cell_index)
        if out is None:
            return None
        if clearing:
            self._cleared(cell_index)
        if out.output_type == "stream":  # first, so that who hears of it finds it in the plain log
            self._recorder.print(out.text)
        self._recorder.tell(Output, cell=number_of(self.nb.cells[cell_index]), output=out, display_id=display_id)
        if self._on_output is not None:
            self._on_output(out)
        return out

    def clear_output(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        """Clear now, or remember to."""
        super().clear_output(outs, msg, cell_index)
        hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if not hooked and not msg["content"].get("wait"):
            self._cleared(cell_index)

    def _cleared(self, position: int) -> None:
        for name in ("stdout", "stderr"):
            self._recorder.redactor.drop((position, name))
        self._recorder.tell(Cleared, cell=number_of(self.nb.cells[position]))

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        if msg["msg_type"] == "update_display_data":
            content = msg["content"]
            self._recorder.tell(
                DisplayUpdated, display_id=display_id, data=content["data"], metadata=content["metadata"]
            )
        super()._update_display_id(display_id, msg)

    def _updated(self, display_id: str, data: dict[str, Any]) -> None:
        header, content = {"msg_type": "update_display_data"}, {"data": data, "metadata": {}}
        self._update_display_id(display_id, {"msg_type": header["msg_type"], "header": header, "content": content})
