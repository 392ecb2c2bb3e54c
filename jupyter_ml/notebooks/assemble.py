# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Assemble the executed notebook from the prepared notebook and the event log.

The same function serves the end of a run, the live view, and the recovery after a crash. Outputs are copied from the
event log in pieces, so that they are never all in memory.
"""

from __future__ import annotations

import copy
import json
import logging
import re
import secrets
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.outputs import OutputIndex, encode
from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.eventlog.run_state import RunState
from jupyter_ml.notebooks.messages import add_messages
from jupyter_ml.notebooks.prepare import runs
from jupyter_ml.notebooks.state_metadata import set_cell_state, set_run_state
from jupyter_ml.schemas.event_log import Cleared, parse_event
from jupyter_ml.schemas.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO, Literal

    from jupyter_ml.notebooks.reading import Notebook
    from jupyter_ml.schemas.event_log import Ended
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["assemble", "notebook_chunks", "write_output"]

_log = logging.getLogger(__name__)


def assemble(
    notebook: Notebook, event_log: Path, ended: Ended | None = None, *, messages: bool = True, outputs: bool = True
) -> Notebook:
    """Return the notebook with its execution state; see `notebook_chunks` for the parameters."""
    chunks = notebook_chunks(notebook, event_log, ended, messages=messages, outputs=outputs)
    return json.loads(b"".join(chunks))  # type: ignore[no-any-return]


def notebook_chunks(
    notebook: Notebook,
    event_log: Path,
    ended: Ended | None = None,
    *,
    messages: bool = True,
    outputs: bool = True,
    constants: Literal["constants", "strings"] = "constants",
) -> Iterator[bytes]:
    """Yield the notebook with its execution state as JSON, in chunks.

    Parameters
    ----------
    notebook
        The prepared notebook (`AttemptFolder.input`); it is not changed.
    event_log
        Path of the event log.
    ended
        The end of the run, if the event log does not contain it.
    messages
        Whether to add cells that explain a failure.
    outputs
        Whether to include outputs and the state of widgets.
    constants
        How NaN is written: ``constants`` as Python does, ``strings`` for strict JSON.
    """
    run, placeholders = RunState(ended=ended), _Placeholders()
    try:
        file = open_regular(event_log)
    except FileNotFoundError:  # no event yet
        yield from placeholders.fill(
            encode(_with_placeholders(notebook, run, placeholders, messages, outputs), constants, 1), None
        )
        return
    with file:
        index = OutputIndex(event_log, file, constants)
        _read(EventLogReader(event_log, outputs=outputs), file, run, index)
        run.ended = ended or run.ended
        text = _with_placeholders(notebook, run, placeholders, messages, outputs)
        yield from placeholders.fill(encode(text, constants, 1), index)


def _read(reader: EventLogReader, file: BinaryIO, run: RunState, index: OutputIndex) -> None:
    """Apply all events; of outputs, index only the positions."""
    for line in reader.lines_of(file, 0):
        if index.add(line):
            continue
        try:
            event = parse_event(line.content if line.whole else reader.whole(file, line))
        except ValueError:
            _log.warning("%s: the line at byte %d is not an event and is skipped", file.name, line.start)
            continue
        run.apply(event)
        if isinstance(event, Cleared):
            index.clear(event.cell)


class _Placeholders:
    """Placeholders for outputs in the JSON of the notebook."""

    def __init__(self) -> None:
        self._mark = secrets.token_hex(16)

    def of(self, cell: int) -> str:
        """Return the placeholder for the outputs of a cell."""
        return f"{self._mark}:{cell}"

    def fill(self, text: bytes, index: OutputIndex | None) -> Iterator[bytes]:
        """Yield the text with each placeholder replaced by outputs."""
        parts = re.split(rb'"%b:(-?\d+)"' % self._mark.encode(), text)
        yield parts[0]
        for cell, rest in zip(parts[1::2], parts[2::2], strict=True):
            yield from index.write(int(cell)) if index else [b"[]"]
            yield rest


def _with_placeholders(
    notebook: Notebook, run: RunState, placeholders: _Placeholders, messages: bool, outputs: bool
) -> Notebook:
    """Return the notebook with placeholders for its outputs."""
    notebook = copy.deepcopy(notebook)
    notebook["metadata"] |= run.metadata
    if not outputs:
        notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        number = cell["metadata"]["jupyter_ml"]["cell"]
        if runs(cell) or number in run.cells:
            cell["outputs"] = placeholders.of(number)
            set_cell_state(cell, run)
    set_run_state(notebook["metadata"], run)
    if messages and run.ended and run.ended.cause:
        add_messages(notebook, run.ended.cause)
    return notebook


def write_output(folder: AttemptFolder, ended: Ended | None = None) -> bool:
    """Write the executed notebook of an attempt atomically; return False if there is no prepared notebook."""
    try:
        with open_regular(folder.input) as file:
            notebook = json.loads(file.read())
    except (OSError, ValueError):
        return False
    temporary = folder.output.with_suffix(".partial")
    try:
        temporary.touch(mode=0o600)
        with temporary.open("wb") as file:
            file.writelines(notebook_chunks(notebook, folder.event_log, ended))
        temporary.replace(folder.output)
    finally:
        temporary.unlink(missing_ok=True)
    return True
