# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs that print 200 MB: the most memory that their executor takes.

``python -m benchmarks.memory [NAME ...]``
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_ml.executor.usage import PeakMemory
from jupyter_ml.schemas.launch import AttemptFolder, Launch

CELLS = {
    "lines": "for number in range(2_000_000): print(f'{number:099}')",
    "pieces": "for _ in range(200): print('x' * 1_000_000)",
    "one": "print('x' * 200_000_000)",
    "shown": "for _ in range(200): display({'text/plain': 'x' * 1_000_000}, raw=True)",
    "cells": "for _ in range(20): print('x' * 1_000_000)",
}
COMMANDS = {"command": "head -c 200000000 /dev/zero | tr '\\0' 'x'"}


def launch(folder: AttemptFolder, name: str, **more: Any) -> None:
    """Lay out an attempt at one of the jobs."""
    if name in COMMANDS:
        folder.write_launch(Launch(type="command", command=COMMANDS[name], marker="m", **more))
        folder.work.mkdir()
        return
    folder.write_launch(Launch(type="notebook", notebook="a.ipynb", marker="m", **more))
    folder.work.mkdir()
    cell = {"cell_type": "code", "source": CELLS[name], "metadata": dict[str, str]()}
    cells = [cell | {"id": f"c{number}"} for number in range(10 if name == "cells" else 1)]
    (folder.work / "a.ipynb").write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    )


def measure(folder: AttemptFolder, env: dict[str, str]) -> tuple[int, float]:
    """Run the attempt and return the executor's peak memory in bytes, without the kernel's, and seconds."""
    start, peak = time.monotonic(), 0
    command = [sys.executable, "-m", "jupyter_ml.executor", str(folder.path)]
    process = subprocess.Popen(command, env={**os.environ, **env})
    memory = PeakMemory(process.pid)
    while process.poll() is None:
        peak = max(peak, memory.read() or 0)
        time.sleep(0.02)
    assert process.returncode == 0, folder.log.read_text()
    return peak, time.monotonic() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    for name in parser.parse_args().names or [*CELLS, *COMMANDS]:
        for secrets in ({}, {"TOKEN": "x-secret-x", "KEY": "a\nkey of several\nlines"}):
            with tempfile.TemporaryDirectory() as path:
                folder = AttemptFolder(Path(path) / "attempt")
                launch(folder, name, secrets=list(secrets))
                peak, took = measure(folder, secrets)
                size = folder.event_log.stat().st_size
            print(
                f"{name:8} {len(secrets)} secrets: {peak / 1e6:5.0f} MB, {took:4.1f} s, log {size / 1e6:.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
