# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The events that an executor appends to its event log, one JSON document a line.

The event log is the only output of an executor. Times are seconds since the epoch, as floats: an event is written for
every output, and a formatted time costs more than the rest of it. ``type`` is the first key of every line, so that a
reader can pass over the large ones without parsing them.

``cell`` is an index in the notebook as submitted, from 0; the injected parameters cell, which is not in it, has
`INJECTED`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from jupyter_ml.schemas.base import Name, Schema
from jupyter_ml.schemas.causes import Cause
from jupyter_ml.schemas.clock import ClockReading
from jupyter_ml.schemas.warnings import JobWarning

__all__ = [
    "INJECTED",
    "LAST_TIME",
    "LONGEST_LEFT_S",
    "AttemptEvent",
    "CellFinished",
    "CellStarted",
    "CellState",
    "Cleared",
    "DataRequested",
    "DisplayUpdated",
    "Ended",
    "ExecutorStarted",
    "InputDelivered",
    "KernelStarted",
    "Log",
    "MetadataChanged",
    "Output",
    "ProgressBar",
    "Progressed",
    "Sample",
    "SecretRead",
    "Usage",
    "Warned",
    "parse_event",
]


LAST_TIME = 253_402_300_799
"""The end of the year 9999, after which Python knows no dates."""
MOST_CELLS = 1_000_000
LONGEST_LEFT_S = 315_360_000
"""Ten years; a longer estimate is none."""
_Seconds = Annotated[float, Field(ge=0, le=LAST_TIME, allow_inf_nan=False)]
_Bytes = Annotated[int, Field(ge=0, le=2**63 - 1)]
_Pid = Annotated[int, Field(gt=0, lt=2**31)]
_Cell = Annotated[int, Field(ge=-1, le=MOST_CELLS)]


class CellState(StrEnum):
    """Outcome of one cell."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    SKIPPED = "skipped"
    NOT_RUN = "not_run"


INJECTED = -1
"""Index of the injected parameters cell."""


class _Event(Schema):
    type: str
    time: _Seconds


class ExecutorStarted(_Event):
    """The executor has started and has read its launch file."""

    type: Literal["executor_started"] = "executor_started"
    pid: _Pid
    clock: ClockReading | None = None
    """Of a clock that cannot be set. All later times in the event log are measured by it from that of this event."""
    cells: list[_Cell] = []
    """Indices of the cells that will run, in order; empty for a command."""


class KernelStarted(_Event):
    """The kernel answers, or the command's process has started: from now on the job is Running."""

    type: Literal["kernel_started"] = "kernel_started"
    pid: _Pid | None = None
    kernel_name: str | None = None


class CellStarted(_Event):
    """A cell was sent to the kernel."""

    type: Literal["cell_started"] = "cell_started"
    cell: _Cell


class CellFinished(_Event):
    """A cell has ended."""

    type: Literal["cell_finished"] = "cell_finished"
    cell: _Cell
    state: CellState
    duration_s: _Seconds
    peak_memory_bytes: _Bytes | None = None
    """Largest resident memory of the kernel while the cell ran."""
    execution_count: int | None = None


class Output(_Event):
    """One output, exactly as it goes into the notebook (nbformat 4)."""

    type: Literal["output"] = "output"
    cell: _Cell
    output: dict[str, Any]
    display_id: str | None = None
    """Earlier outputs with the same id show this one's data, too."""


class Cleared(_Event):
    """The outputs of a cell were cleared; what follows replaces them."""

    type: Literal["cleared"] = "cleared"
    cell: _Cell


class DisplayUpdated(_Event):
    """Every output with this display id shows something new."""

    type: Literal["display_updated"] = "display_updated"
    display_id: str
    data: dict[str, Any]
    metadata: dict[str, Any] = {}


class MetadataChanged(_Event):
    """Keys of the notebook's metadata have new values: the kernel's language, the state of widgets."""

    type: Literal["metadata_changed"] = "metadata_changed"
    metadata: dict[str, Any]


class Log(_Event):
    """A piece of a command's standard output or error."""

    type: Literal["log"] = "log"
    name: Literal["stdout", "stderr"]
    text: str


class Usage(Schema):
    """What the processes of a job use at one time."""

    cpu_percent: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """100 is one core."""
    memory_bytes: _Bytes
    """Memory that processes share, such as forked ones, counts once."""
    peak_memory_bytes: _Bytes | None = None
    """The most that was measured so far; None from earlier versions."""


class Sample(_Event):
    """One measurement of the job's processes."""

    type: Literal["sample"] = "sample"
    usage: Usage


class ProgressBar(Schema):
    """A progress bar of tqdm."""

    label: Annotated[str, Field(max_length=200)] = ""
    """Its description."""
    done: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    total: Annotated[float | None, Field(ge=0, allow_inf_nan=False)] = None
    """None where it is unknown."""
    unit: Annotated[str, Field(max_length=50)] = "it"
    """What is counted, e.g. ``it`` or ``B``."""


class Progressed(_Event):
    """The outermost progress bar of a cell or command has changed."""

    type: Literal["progressed"] = "progressed"
    cell: _Cell | None = None
    """None for a command."""
    bar: ProgressBar | None = None
    """None when it was closed."""
    left_s: Annotated[float | None, Field(ge=0, le=LONGEST_LEFT_S, allow_inf_nan=False)] = None
    """Seconds that it will still take by its own rate."""


class Warned(_Event):
    """Something went wrong, and the job goes on; the supervisor puts it on the job."""

    type: Literal["warned"] = "warned"
    warning: JobWarning


class SecretRead(_Event):
    """A process of the job has received the credentials of a datastore."""

    type: Literal["secret_read"] = "secret_read"
    datastore: Name
    pid: _Pid | None = None


class DataRequested(_Event):
    """The executor has asked where data is that the job's code reads by its name; the supervisor responds in a file."""

    type: Literal["data_requested"] = "data_requested"
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """Name of the file."""
    reference: Annotated[str, Field(max_length=4_096)]


class InputDelivered(_Event):
    """An input was checked or downloaded."""

    type: Literal["input_delivered"] = "input_delivered"
    name: Annotated[str, Field(max_length=128)]
    state: Literal["unchanged", "changed", "missing", "unknown"] | None = None
    detail: Annotated[str, Field(max_length=2_000)] = ""
    files: _Bytes | None = None
    bytes: _Bytes | None = None
    cached: bool | None = None
    """Whether it had been downloaded before."""


class Ended(_Event):
    """The last event: how it ended. An event log without one belongs to an executor that was killed."""

    type: Literal["ended"] = "ended"
    state: Literal["Completed", "Failed", "Canceled"]
    cause: Cause | None = None
    damaged: bool = False
    """Whether events that were written before are gone: something has removed, replaced or shortened the event log."""
    signature: str | None = Field(default=None, exclude=True)
    """Of the line without it, by a key that only the executor has."""


AttemptEvent = Annotated[
    ExecutorStarted
    | KernelStarted
    | CellStarted
    | CellFinished
    | Output
    | Cleared
    | DisplayUpdated
    | MetadataChanged
    | Log
    | Sample
    | Progressed
    | Warned
    | SecretRead
    | DataRequested
    | InputDelivered
    | Ended,
    Field(discriminator="type"),
]

_adapter: TypeAdapter[AttemptEvent] = TypeAdapter(AttemptEvent)


def parse_event(line: bytes) -> AttemptEvent:
    """Return the event in one line of an event log; ValueError where it is not an event."""
    return _adapter.validate_json(line)
