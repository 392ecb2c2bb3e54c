# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Determine how an attempt ended whose executor has not logged its end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.writer import disk_full
from jupyter_ml.schemas.causes import Cause, CauseKind
from jupyter_ml.schemas.exit_codes import EXIT_COMPLETED, EXIT_LOG_FULL
from jupyter_ml.schemas.outcomes import Outcome, failed
from jupyter_ml.schemas.regular_files import open_regular
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.warnings import JobWarning

if TYPE_CHECKING:
    from jupyter_ml.compute.process import Exit
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["DAMAGED", "SIGNALED", "NotStartedError", "queued_again", "vanished"]

LOG_TAIL_BYTES = 4_000
DAMAGED = JobWarning(
    message="Its event log, events.jsonl, was removed, replaced or shortened: what the job had printed before is lost.",
    hint="Let the job write and remove files in its working folder only, not in the folders above that.",
)
LOG_LOST = "The job ran to its end, but its event log, events.jsonl, was removed or replaced, and its results with it."
LOG_LOST_HINT = f"{DAMAGED.hint} Then submit it again."
NO_END = "Its event log, events.jsonl, does not contain how the job ended."
KILLED_HINT = "It was killed from outside of Jupyter ML, perhaps because it used too much memory. Submit the job again."
LOST_HINT = (
    "Its compute or the engine of it was stopped, killed or cut off. Start the compute by jupyter ml compute start, "
    "and submit the job again."
)
OUT_OF_MEMORY = "The operating system killed the executor for the memory that it used."
OUT_OF_MEMORY_HINT = "Use less memory, run fewer jobs at the same time, or run the job on a larger machine."
FORGED = "The end in its event log, events.jsonl, was written by another program and does not count."
FORGED_HINT = "Let the job neither write into its event log nor kill its parent process; submit it again."
SIGNALED = failed(
    CauseKind.EXECUTOR_DIED,
    "Another program has sent SIGTERM or SIGINT to the executor; the job was not canceled.",
    "Let the job send signals to its own processes only. If the machine was shut down, submit the job again.",
)
"""The outcome of an executor that was requested to end, but not by the supervisor."""


class NotStartedError(Exception):
    """The compute or a node of it was lost before any program of an attempt was started there."""


def queued_again(error: NotStartedError) -> Outcome:
    """Return that an attempt has not begun, with the reason: the job goes back into the queue, also without retries."""
    message = f"The job has not run anything yet and waits again, because its compute was lost: {error}"
    return Outcome(JobState.QUEUED, Cause(kind=CauseKind.STARTUP, message=message))


def vanished(folder: AttemptFolder, ended: Exit, *, started: bool, forged: bool) -> Outcome:
    """Return the outcome of an attempt whose executor has ended without an event.

    Parameters
    ----------
    folder
        Of the attempt.
    ended
        How the executor ended.
    started
        Whether it ever ran anything.
    forged
        Whether its event log has an end that the executor has not signed.
    """
    if ended.code == EXIT_LOG_FULL:
        return Outcome(JobState.FAILED, disk_full())
    if ended.code == EXIT_COMPLETED:
        return failed(CauseKind.EXECUTOR_DIED, LOG_LOST, LOG_LOST_HINT)
    if ended.out_of_memory:
        return failed(CauseKind.OUT_OF_MEMORY, OUT_OF_MEMORY, OUT_OF_MEMORY_HINT, signal=ended.signal)
    how = _how(ended)
    if not started:
        return failed(
            CauseKind.STARTUP,
            f"The executor did not start: it {how}. {_tail(folder)}".strip(),
            signal=ended.signal,
            hint=_log_hint(folder),
        )
    killed = ended.code is None
    message = f"The executor {how} while the job ran." if killed else f"The executor {how}. {NO_END}"
    return failed(
        CauseKind.EXECUTOR_DIED,
        f"{message} {FORGED}" if forged else message,
        signal=ended.signal,
        hint=FORGED_HINT if forged else _killed_hint(ended) if killed else _log_hint(folder),
    )


def _how(ended: Exit) -> str:
    if ended.code is not None:
        return f"ended with exit code {ended.code}"
    if ended.signal:
        return f"was killed by {ended.signal}"
    return f"is out of reach ({ended.lost})" if ended.unreachable else "was killed"


def _killed_hint(ended: Exit) -> str:
    return LOST_HINT if ended.unreachable else KILLED_HINT


def _log_hint(folder: AttemptFolder) -> str | None:
    return f"Its whole output is in {folder.log}." if folder.log.exists() else None


def _tail(folder: AttemptFolder) -> str:
    try:
        with open_regular(folder.log) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LOG_TAIL_BYTES))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
