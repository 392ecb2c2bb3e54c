# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs that log as those of a job do, and the content of the workspace's store afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jupyter_ml.schemas.runs import Run
    from jupyter_ml.tracking.client import Tracking

JOURNAL = "metrics.jsonl"


def start(tracking: Tracking, *, experiment: str = "experiment", name: str = "job", **tags: str) -> str:
    return tracking.create_run(experiment=experiment, name=name, tags=tags)


def program(
    tracking: Tracking, run_id: str, code: str, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run code as a job does: a process of its own, with the environment of the run and no set-up."""
    journal = cwd / JOURNAL
    variables = {**os.environ, **tracking.environment(run_id, journal), **environment}
    path = cwd / "program.py"
    path.write_text(textwrap.dedent(code))
    argv = [sys.executable, str(path)]
    done = subprocess.run(argv, env=variables, cwd=cwd, capture_output=True, text=True, check=False)
    path.unlink()
    store(tracking, journal)
    return done


def store(tracking: Tracking, journal: Path) -> None:
    while tracking.store_metrics(journal, wait_s=30) is not None:
        pass


def every(tracking: Tracking, since: datetime | None = None) -> dict[str, Run]:
    tracking.prepare()
    return {run.run_id: run for page in tracking.runs(tracking.started(since)) for run in page}


def only(tracking: Tracking, run_id: str) -> Run:
    [[run]] = tracking.runs([run_id])
    return run
