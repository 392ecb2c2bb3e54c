# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs that tests start through an agent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import ProcessSpec

if TYPE_CHECKING:
    from tests.compute.agents import AgentSettings


def marker(directory: Path) -> str:
    return f"fault-{directory.name}"


def spec(directory: Path, argv: list[str], stdin: bytes = b"") -> ProcessSpec:
    root = directory / "root"
    environment = {"PATH": "/usr/bin:/bin"}
    return ProcessSpec(argv=argv, cwd=root, log=root / "log", marker=marker(directory), env=environment, stdin=stdin)


def sleeping(settings: AgentSettings) -> ProcessSpec:
    return spec(Path(settings.directory), ["sleep", "600"])


def python(settings: AgentSettings, code: str, stdin: bytes = b"") -> ProcessSpec:
    return spec(Path(settings.directory), [sys.executable, "-c", code], stdin)
