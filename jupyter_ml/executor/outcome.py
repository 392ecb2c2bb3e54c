# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create the outcomes of runs, with the causes that only the executor knows."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.outcomes import CANCELED, COMPLETED, LONGEST_TEXT, Outcome, failed, place, timed_out

if TYPE_CHECKING:
    import asyncio

    from jupyter_ml.schemas.cells import CellPlace

__all__ = [
    "CANCELED",
    "COMPLETED",
    "Outcome",
    "RunningCell",
    "cell_raised",
    "cell_timed_out",
    "command_ended",
    "did_not_start",
    "internal_error",
    "kernel_did_not_start",
    "kernel_died",
    "no_reply",
    "request_stop",
    "shown_error",
    "timed_out",
]

LONGEST_TRACEBACK = 200
MEMORY_HINT = "Read the data in pieces, keep fewer copies of it, or run the job where there is more memory."
EXCEPTION_HINTS = {
    "MemoryError": MEMORY_HINT,
    "FileNotFoundError": "A job runs in a copy of its code folder: files elsewhere need an absolute path.",
    "ModuleNotFoundError": "Install it where the kernel is installed; your own modules have to be in the code folder.",
    "StdinNotImplementedError": "A job cannot ask for input: make the value a parameter.",
}
"""Hints by the exception that a cell raised."""
SIGNAL_HINTS = {
    "SIGKILL": "Another process, or a limit of this machine, killed it.",
    "SIGSEGV": "A compiled library crashed; look for a newer version of it.",
}
SHELL_SIGNAL = 128
"""A shell adds this number to that of the signal that ended a program."""


def request_stop(stop: asyncio.Future[Outcome], outcome: Outcome) -> None:
    """Request that a run ends early with `outcome`; only the first request counts."""
    if not stop.done():
        stop.set_result(outcome)


@dataclass(frozen=True)
class RunningCell:
    """The cell that runs.

    Attributes
    ----------
    number
        Its index in the submitted notebook.
    source
        Its source.
    place
        Where it is among the cells that run.
    """

    number: int
    source: str
    place: CellPlace

    @property
    def subject(self) -> str:
        """Its place, at the start of a sentence."""
        return str(self.place).capitalize()

    @property
    def details(self) -> dict[str, Any]:
        """The fields of a cause that describe it."""
        return place(self.number, self.source)


def cell_raised(error: dict[str, Any], cell: RunningCell) -> Outcome:
    """Return the failure for a cell that raised; `error` is a result of `error_of`."""
    name, value = error["ename"], error["evalue"]
    memory = name == "MemoryError"
    lines = [line[:LONGEST_TEXT] for part in error["traceback"] for line in part.split("\n")]
    return failed(
        CauseKind.OUT_OF_MEMORY if memory else CauseKind.EXCEPTION,
        f"{cell.subject} ran out of memory." if memory else _raised(cell.subject, error),
        EXCEPTION_HINTS.get(name),
        exception=name or None,
        value=value[:LONGEST_TEXT],
        traceback=lines[-LONGEST_TRACEBACK:],
        **cell.details,
    )


def shown_error(error: dict[str, Any], cell: RunningCell) -> str:
    """Return the warning for a cell that displayed an error and completed."""
    value = f": {error['evalue']}" if error["ename"] and error["evalue"] else ""
    return f"{_raised(cell.subject, error).rstrip('.')} and continued{value}"[:LONGEST_TEXT]


UNKNOWN_EXIT_HINT = "The cell has ended it, or another program: submit the job again, with local.fork: false."


def _raised(cell: str, error: dict[str, Any]) -> str:
    """Return a sentence about a failed cell; a shell's error has no name, and its value is an exit code."""
    if error["ename"]:
        return f"{cell} raised {error['ename']}."
    return f"{cell} failed: {error['evalue'][:200]}." if error["evalue"] else f"{cell} failed."


def kernel_died(exit_code: int | None, out_of_memory: bool, cell: RunningCell) -> Outcome:
    """Return the failure for a kernel that ended while a cell ran."""
    name, code = _signal(exit_code) if exit_code is not None else (None, None)
    where = f"while {cell.place} ran"
    more = {"signal": name, "exit_code": code, **cell.details}
    if name == "SIGKILL" and out_of_memory:
        message = f"The operating system killed the kernel for its memory {where}."
        return failed(CauseKind.OUT_OF_MEMORY, message, MEMORY_HINT, **more)
    if exit_code is None:
        message = f"The kernel ended {where}; the process that could learn how has ended before."
        return failed(CauseKind.KERNEL_DIED, message, UNKNOWN_EXIT_HINT, **more)
    if name is None:
        hint = "Something in the cell ended the process (os._exit, exit in a thread, a library's abort)."
        return failed(CauseKind.KERNEL_DIED, f"The kernel ended with exit code {code} {where}.", hint, **more)
    message = f"The kernel was ended by {name} {where}."
    return failed(CauseKind.KERNEL_DIED, message, SIGNAL_HINTS.get(name), **more)


def no_reply(cell: RunningCell) -> Outcome:
    """Return the failure for a kernel that has finished a cell and not replied."""
    message = f"The kernel has been idle for a minute after {cell.place}, but has not replied."
    hint = "Submit the job again; if this happens again, look for a newer version of the kernel."
    return failed(CauseKind.NO_REPLY, message, hint, **cell.details)


def cell_timed_out(seconds: float) -> Outcome:
    """Return the failure for a cell that took too long."""
    hint = "Raise limits.cell_timeout; the traceback shows where the cell was."
    return failed(CauseKind.CELL_TIMEOUT, f"A cell took longer than {seconds:g} s.", hint)


def did_not_start(message: str, hint: str | None = None) -> Outcome:
    """Return the failure for a job that could not start."""
    return failed(CauseKind.STARTUP, message, hint)


def internal_error(error: Exception) -> Outcome:
    """Return the failure for an error in the executor itself."""
    message = f"The program that runs the job failed: {type(error).__name__}: {error}"[:LONGEST_TEXT]
    return failed(CauseKind.EXECUTOR_DIED, message, "This is an error in Jupyter ML; executor.log has the details.")


def kernel_did_not_start(message: str, tail: list[str]) -> Outcome:
    """Return the failure for a kernel that did not start, with its last output."""
    hint = "Start the kernel in JupyterLab or a terminal to see more; perhaps its environment lacks a package."
    return failed(CauseKind.STARTUP, message, hint, traceback=tail, value=tail[-1][:LONGEST_TEXT] if tail else None)


def command_ended(
    exit_code: int, out_of_memory: bool, subject: str = "The command", hint: str = "See its log."
) -> Outcome:
    """Return how a command, or one of its processes as the `subject`, ended with this exit code."""
    if exit_code == 0:
        return COMPLETED
    name, code = _signal(SHELL_SIGNAL - exit_code if exit_code > SHELL_SIGNAL else exit_code)
    if name == "SIGKILL" and out_of_memory:
        message = f"The operating system killed a process of {subject[:1].lower()}{subject[1:]} for its memory."
        return failed(CauseKind.OUT_OF_MEMORY, message, MEMORY_HINT, signal=name, exit_code=exit_code)
    ended = f"was ended by {name}" if name else f"ended with exit code {code}"
    return failed(
        CauseKind.COMMAND, f"{subject} {ended}.", hint, signal=name,
        exit_code=exit_code if exit_code >= 0 else None,
    )  # fmt: skip


def _signal(exit_code: int) -> tuple[str | None, int | None]:
    """Return the name of the signal, or the exit code."""
    if exit_code >= 0:
        return None, exit_code
    try:
        return signal.Signals(-exit_code).name, None
    except ValueError:
        return f"signal {-exit_code}", None
