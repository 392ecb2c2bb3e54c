# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a command in a process that `handover` has let a forkserver fork."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

from jupyter_ml.agent.leases import EXTRA, begin
from jupyter_ml.cli.app import run as run_command
from jupyter_ml.imports import collect_rarely

__all__ = ["run"]


def run(_arguments: list[str]) -> int:
    """Run the command of the arguments of this process, a fork, and report its exit code."""
    begin()
    collect_rarely()
    stdout: Any = sys.stdout
    stdout.reconfigure(line_buffering=stdout.isatty())
    code = run_command()
    with suppress(OSError, ValueError):
        stdout.flush()
        os.write(EXTRA, bytes([code & 0xFF]))
    return code
