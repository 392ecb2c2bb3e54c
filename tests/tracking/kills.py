# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``python -m tests.tracking.kills URI ARTIFACTS N...``: open a store and be killed at its N-th statement, for each N.

What is heavy is imported once; each try is a process of its own. Prints how each of them ended.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys

from mlflow.store.db import utils
from mlflow.store.tracking import sqlalchemy_store  # noqa: F401 -- imported before the fork
from sqlalchemy import event
from sqlalchemy.engine import Engine

from jupyter_ml.tracking.opening import open_store


def main(uri: str, artifacts: str, *numbers: str) -> None:
    """Fork, count statements, be killed."""
    assert utils
    for number in map(int, numbers):
        pid = os.fork()
        if pid == 0:
            _be_killed_at(number)
            open_store(uri, artifacts)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")


def _be_killed_at(number: int) -> None:
    counter = itertools.count(1)

    def count(*_: object) -> None:
        if next(counter) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)


if __name__ == "__main__":
    main(*sys.argv[1:])
