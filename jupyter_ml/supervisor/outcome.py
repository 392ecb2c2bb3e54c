# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How an attempt ended, also when nobody was left to tell."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from jupyter_ml.compute.base import UNKNOWN_EXIT
from jupyter_ml.executor.event_log import disk_full
from jupyter_ml.executor.exits import EXIT_LOG_FULL
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.outcomes import Outcome, failed
from jupyter_ml.schemas.states import JobState

if TYPE_CHECKING:
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["vanished"]

LOG_TAIL_BYTES = 4_000


def vanished(folder: AttemptFolder, exit_code: int, *, started: bool) -> Outcome:
    """Return the end of an attempt whose executor is gone without a last word."""
    if exit_code == EXIT_LOG_FULL:
        return Outcome(JobState.FAILED, disk_full())
    how = _how(exit_code)
    if not started:
        return failed(
            CauseKind.STARTUP,
            f"The executor did not start: it {how['words']}. {_tail(folder)}".strip(),
            signal=how["signal"],
            hint=f"Its whole output is in {folder.log}.",
        )
    return failed(
        CauseKind.EXECUTOR_DIED,
        f"The executor {how['words']} while the job ran.",
        signal=how["signal"],
        hint="Somebody or something outside of Jupyter ML killed it, perhaps for its memory. Submit the job again.",
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
