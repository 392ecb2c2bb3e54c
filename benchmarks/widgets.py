# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notebooks whose widgets talk back while the machine is busy: how many of them come to their end.

``python -m benchmarks.widgets [--runs 60] [--busy 2] [--within 120]`` runs a notebook with `ipywidgets.interactive`
again and again beside loops that keep the processors busy, and prints how many completed. The exit code is 1 when one
did not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jupyter_ml.schemas.launch import AttemptFolder, Launch

SOURCE = "import ipywidgets as w\nf = lambda x=1: print(x)\ndisplay(w.interactive(f, x=(0, 5)))"


def completes(folder: AttemptFolder, within: float) -> bool:
    """Run the notebook once and return whether it completed within so many seconds."""
    cell = {"id": "a", "cell_type": "code", "source": SOURCE, "metadata": dict[str, str]()}
    folder.write_launch(Launch(type="notebook", notebook="a.ipynb", marker="m"))
    folder.work.mkdir()
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (folder.work / "a.ipynb").write_text(json.dumps(notebook))
    process = subprocess.Popen([sys.executable, "-m", "jupyter_ml.executor", str(folder.path)])
    try:
        return process.wait(within) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
        folder.remove_sockets()


def main() -> int:
    """Measure, print and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.widgets", description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--busy", type=int, default=2, help="Loops beside it.")
    parser.add_argument("--within", type=float, default=120, help="Seconds for each run.")
    options = parser.parse_args()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.busy)]
    done, start = 0, time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number in range(options.runs):
                done += completes(AttemptFolder(Path(folder) / str(number)), options.within)
                print(f"{done} of {number + 1} completed, {time.monotonic() - start:.0f} s", flush=True)
    finally:
        for each in busy:
            each.kill()
            each.wait()
    return 0 if done == options.runs else 1


if __name__ == "__main__":
    sys.exit(main())
