# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Attempts of notebooks and commands, run by the real executor in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.event_log import AttemptEvent, CellFinished, Ended, Output, Warned
from tests.workspaces import TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_ml.schemas.causes import Cause
    from jupyter_ml.schemas.launch import AttemptFolder


def kernel(folder: Path, name: str, argv: list[str], language: str = "python", **more: Any) -> None:
    """Write a kernelspec into a folder for JUPYTER_PATH."""
    spec = folder / "kernels" / name
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": language, **more}))


@dataclass
class Attempt:
    """An attempt: start it, wait for it, and read its results."""

    folder: AttemptFolder
    process: subprocess.Popen[str] | None = None

    def start(self, **env: str) -> Attempt:
        command = [sys.executable, "-m", "jupyter_ml.executor", str(self.folder.path)]
        with self.folder.log.open("w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **env})
        return self

    def wait(self) -> int:
        assert self.process is not None
        return self.process.wait(TIMEOUT_S)

    def run(self, **env: str) -> int:
        return self.start(**env).wait()

    def until(self, condition: Callable[[AttemptEvent], bool]) -> AttemptEvent:
        """Wait for an event."""
        reader, deadline = EventLogReader(self.folder.event_log), time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            for event, _ in reader:
                if condition(event):
                    return event
            time.sleep(0.01)
        raise AssertionError(f"no such event; the log is: {self.folder.log.read_text()}")

    @property
    def events(self) -> list[AttemptEvent]:
        return [event for event, _ in EventLogReader(self.folder.event_log)]

    @property
    def ended(self) -> Ended:
        last = self.events[-1]
        assert isinstance(last, Ended), self.folder.log.read_text()
        return last

    @property
    def cause(self) -> Cause:
        assert self.ended.cause is not None
        return self.ended.cause

    @property
    def warnings(self) -> list[tuple[int | None, str]]:
        """Cell and message of each warning."""
        return [(event.warning.cell, event.warning.message) for event in self.events if isinstance(event, Warned)]

    @property
    def states(self) -> dict[int, str]:
        return {event.cell: event.state.value for event in self.events if isinstance(event, CellFinished)}

    @property
    def text(self) -> str:
        """The output of all cells."""
        return "".join(event.output.get("text", "") for event in self.events if isinstance(event, Output))

    @property
    def notebook(self) -> dict[str, Any]:
        return json.loads(self.folder.output.read_bytes())

    @property
    def cells(self) -> dict[int, dict[str, Any]]:
        """The cells of the executed notebook by their index in the submitted one."""
        numbered = [cell for cell in self.notebook["cells"] if "jupyter_ml" in cell["metadata"]]
        return {cell["metadata"]["jupyter_ml"]["cell"]: cell for cell in numbered}
