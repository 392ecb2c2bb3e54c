# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How an attempt ended, also when nobody was left to tell."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from jupyter_ml.compute.base import UNKNOWN_EXIT
from jupyter_ml.eventlog.writer import disk_full
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.exits import EXIT_COMPLETED, EXIT_LOG_FULL
from jupyter_ml.schemas.outcomes import Outcome, failed
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.warnings import JobWarning

if TYPE_CHECKING:
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["DAMAGED", "vanished"]

LOG_TAIL_BYTES = 4_000
DAMAGED = JobWarning(
    message="Its event log, events.jsonl, was removed, replaced or shortened: what the job had printed before is lost.",
    hint="Let the job write and remove files in its working folder only, not in the folders above that.",
)
LOG_LOST = "The job ran to its end, but its event log, events.jsonl, was removed or replaced, and its results with it."
LOG_LOST_HINT = f"{DAMAGED.hint} Then submit it again."
NO_END = "Its event log, events.jsonl, does not tell how the job ended."
KILLED_HINT = "Somebody or something outside of Jupyter ML killed it, perhaps for its memory. Submit the job again."
FORGED = "The end that stands in its event log, events.jsonl, was written by something else and does not count."
FORGED_HINT = "Let the job neither write into its event log nor kill its parent process; submit it again."


def vanished(folder: AttemptFolder, exit_code: int, *, started: bool, forged: bool) -> Outcome:
    """Return the end of an attempt whose executor is gone without a last word.

    Parameters
    ----------
    folder
        Of the attempt.
    exit_code
        Of the executor, or UNKNOWN_EXIT.
    started
        Whether it ever ran anything.
    forged
        Whether its event log has an end that is not by the executor.
    """
    if exit_code == EXIT_LOG_FULL:
        return Outcome(JobState.FAILED, disk_full())
    if exit_code == EXIT_COMPLETED:
        return failed(CauseKind.EXECUTOR_DIED, LOG_LOST, LOG_LOST_HINT)
    how = _how(exit_code)
    if not started:
        return failed(
            CauseKind.STARTUP,
            f"The executor did not start: it {how['words']}. {_tail(folder)}".strip(),
            signal=how["signal"],
            hint=f"Its whole output is in {folder.log}.",
        )
    killed = exit_code < 0
    message = f"The executor {how['words']} while the job ran." if killed else f"The executor {how['words']}. {NO_END}"
    return failed(
        CauseKind.EXECUTOR_DIED,
        f"{message} {FORGED}" if forged else message,
        signal=how["signal"],
        hint=FORGED_HINT if forged else KILLED_HINT if killed else f"Its whole output is in {folder.log}.",
    )


def _how(exit_code: int) -> dict[str, str | None]:
    if exit_code == UNKNOWN_EXIT:
        return {"words": "was killed", "signal": None}
    if exit_code < 0:
        try:
            name = signal.Signals(-exit_code).name
        except ValueError:
            name = f"signal {-exit_code}"
        return {"words": f"was killed by {name}", "signal": name}
    return {"words": f"ended with exit code {exit_code}", "signal": None}


def _tail(folder: AttemptFolder) -> str:
    try:
        return folder.log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return ""
