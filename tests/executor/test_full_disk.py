# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A full disk ends a run and is its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.exit_codes import EXIT_FAILED, EXIT_LOG_FULL

if TYPE_CHECKING:
    from pathlib import Path


def test_a_full_disk_ends_the_run(attempt, small_disk: Path) -> None:
    run = attempt("for i in range(1000):\n    print('x' * 10_000, flush=True)", "pass")
    assert run.run() == EXIT_FAILED
    assert (run.ended.state, run.cause.kind) == ("Failed", CauseKind.DISK_FULL)


def test_a_full_disk_without_space_for_the_end(attempt) -> None:
    run = attempt("pass")
    run.folder.event_log.symlink_to("/dev/full")
    assert run.run() == EXIT_LOG_FULL
    run = attempt(command="echo x")
    run.folder.std_log.symlink_to("/dev/full")
    assert run.run() == EXIT_FAILED
    assert run.cause.kind is CauseKind.DISK_FULL
