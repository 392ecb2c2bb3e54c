# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The cause for which a job did not complete, as fields that every client can show."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from jupyter_ml.schemas.base import Schema

__all__ = ["Cause", "CauseKind"]


class CauseKind(StrEnum):
    """What ended a job early."""

    EXCEPTION = "exception"
    """A cell raised."""
    COMMAND = "command"
    """A command ended with an exit code other than 0, or by a signal."""
    KERNEL_DIED = "kernel_died"
    """The kernel process ended by itself or by a signal."""
    NO_REPLY = "no_reply"
    """The kernel was idle again for a minute and had not replied."""
    OUT_OF_MEMORY = "out_of_memory"
    """The operating system killed a process of the job for its memory, or Python raised MemoryError."""
    CELL_TIMEOUT = "cell_timeout"
    TIMEOUT = "timeout"
    """The job's ``limits.timeout`` passed."""
    ENVIRONMENT = "environment"
    """Its environment could not be installed."""
    STARTUP = "startup"
    """Kernel or command did not start."""
    INPUT = "input"
    """An input could not be read, or its data had changed and ``on_change: fail`` is set."""
    OUTPUT = "output"
    """An output could not be written to its datastore."""
    DISK_FULL = "disk_full"
    """The event log could not be written."""
    EXECUTOR_DIED = "executor_died"
    """The executor was killed or crashed, without an event about the reason."""
    CANCELED = "canceled"
    """Its cancellation was requested."""
    TRACKING = "tracking"
    """The run could not be created in, or completed in, the MLflow store."""


class Cause(Schema):
    """Why a job did not complete."""

    kind: CauseKind
    message: str
    """One sentence for users."""
    hint: str | None = None
    """What to do about it."""
    cell: int | None = Field(default=None, ge=0)
    """Index of the cell in the notebook as submitted, from 0."""
    cell_source: str | None = None
    """Source of that cell, shortened to 4,000 characters."""
    exception: str | None = None
    """Class name of the exception."""
    value: str | None = None
    """Text of the exception, shortened to 4,000 characters."""
    traceback: list[str] = []
    """Lines as the kernel sent them, the last 200."""
    signal: str | None = None
    """Name of the signal, e.g. ``SIGKILL``."""
    exit_code: int | None = None

    @property
    def short(self) -> str:
        """Short text for a list: the exception's name, or the message."""
        return f"{self.exception}: {self.value}" if self.exception else self.message
