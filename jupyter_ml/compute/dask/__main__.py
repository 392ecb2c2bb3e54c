# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Manage one cluster: ``python -m jupyter_ml.compute.dask DIRECTORY``, or look for a deployer: ``--check NAME``."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.compute.dask.calling import ERROR, STARTED, locked
from jupyter_ml.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable


def main(directory: Path) -> int:
    """Start a process in the background that manages the cluster of a directory; return 0 when it can be called."""
    if locked(directory) is None or not (directory / STARTED).exists():
        return 0  # another process manages it, or it was stopped meanwhile
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        return 0 if os.read(reading, 1) else 1
    os.close(reading)
    os.setsid()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_manage(directory, lambda: _ready(writing)))
    except Exception as error:
        logging.exception("the cluster is not managed any more")
        with open(os.open(directory / ERROR, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123
            file.write(str(error) or type(error).__name__)
        return 1
    return 0


async def _manage(directory: Path, ready: Callable[[], None]) -> None:
    from jupyter_ml.compute.dask.manager import Manager, configured

    await Manager(directory, configured(directory)).run(ready)


def _ready(pipe: int) -> None:
    os.write(pipe, b"1")
    os.close(pipe)


def check(deployer: str) -> int:
    """Print why there is no such deployer; return 2 if it is something else, 1 if it is not installed, and 0 else."""
    from jupyter_ml.compute.dask.deploying import find_class

    try:
        find_class(deployer)
    except (InvalidInputError, UnavailableError) as error:
        sys.stdout.write(str(error))
        return 2 if isinstance(error, InvalidInputError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(check(sys.argv[2]) if sys.argv[1] == "--check" else main(Path(sys.argv[1])))
