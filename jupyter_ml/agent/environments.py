# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Replace the environment of a fork, also where other processes read it.

``/proc/PID/environ`` shows the environment with which a process was started, by which its marker is found. A process
that forks others is started with a variable that is long enough for theirs, and a fork writes its environment there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SPACE", "given_environment", "replace_environment", "spacious"]

SPACE = "JUPYTER_ML_SPACE"
BYTES = 100_000
"""Linux allows 131,072 in one variable."""
FIELDS = slice(47, 49)
"""Where the variables start and end in memory: of the fields of ``/proc/PID/stat`` from the third one on."""


def spacious(env: Mapping[str, str]) -> dict[str, str]:
    """Return variables for a process that forks others."""
    return {**env, SPACE: "." * BYTES}


def given_environment() -> dict[str, str]:
    """Return the variables that this process was started with, as other processes see them."""
    with open("/proc/self/environ", "rb") as file:
        pairs = [os.fsdecode(each).partition("=") for each in file.read().split(b"\0")]
    return {name: value for name, _, value in pairs if name}


def replace_environment(env: dict[str, str]) -> None:
    """Replace the environment of this process, but for what Python and its modules have added themselves.

    Raises
    ------
    OSError
        When it is too large, or the system does not allow it.
    """
    block = b"".join(os.fsencode(f"{name}={value}") + b"\0" for name, value in env.items())
    with open("/proc/self/stat", "rb", buffering=0) as file:
        start, end = map(int, file.read().rpartition(b")")[2].split()[FIELDS])
    if not 0 < start < end or len(block) > end - start:
        raise OSError(f"an environment of {len(block)} bytes does not fit into the {end - start} bytes of this process")
    given = given_environment()
    added = {name: value for name, value in os.environ.items() if name not in given}  # such as LC_CTYPE
    os.environ.clear()  # before: the memory that is overwritten is not used any more
    os.environ.update({**added, **env})
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(block.ljust(end - start, b"\0"))
