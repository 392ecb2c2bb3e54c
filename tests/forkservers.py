# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""End the processes from which kernels and commands of tests were forked: they would stay for ten minutes."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):  # others may still run
        return
    for lock in Path(tempfile.gettempdir()).glob(f"jupyter-ml-{os.geteuid()}-*/lock"):
        with suppress(OSError, ValueError):
            pid = int(lock.read_text())
            python, _, rest = Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")
            if str(lock.parent).encode() in rest and os.fsdecode(python).startswith(
                (sys.prefix, tempfile.gettempdir())
            ):
                os.kill(pid, signal.SIGKILL)
