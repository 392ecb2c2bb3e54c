# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the forkserver of tests forks: a program that does what ``python -c CODE ARGUMENT...`` does."""

from __future__ import annotations

import os
import sys


def preload() -> None:
    import json  # noqa: F401


def main(arguments: list[str]) -> None:
    os.environ.pop("PYTHONPATH")  # only this program needs it
    sys.argv = ["-c", *arguments[1:]]
    exec(compile(arguments[0], "<string>", "exec"), {"__name__": "__main__"})


def leave_a_thread() -> None:
    import threading
    import time

    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


def fail() -> None:
    raise ValueError("this cannot be preloaded")
