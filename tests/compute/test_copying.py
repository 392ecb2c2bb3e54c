# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Copies of packages on other machines do not add up."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.agents import copying

if TYPE_CHECKING:
    from pathlib import Path


def add(folder: Path) -> None:
    archive = io.BytesIO()
    copying.pack(folder / "nothing", archive)
    archive.seek(0)
    copying.add(folder, archive)


@pytest.mark.integration
def test_what_nothing_has_used_for_long_is_removed_when_something_is_added(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("unused", "used", "running")]
    for folder in folders:
        add(folder)
    for folder in folders:
        os.utime(folder, (0, 0))
    copying.main("check", str(tmp_path / "used"))
    argv = [sys.executable, "-c", "input()", str(tmp_path / "running" / "bin" / "python")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as program:
        add(tmp_path / "new")
        assert {each.name for each in tmp_path.iterdir()} == {"used", "running", "new"}
        program.communicate(b"\n")
    add(tmp_path / "newer")
    assert {each.name for each in tmp_path.iterdir()} == {"used", "new", "newer"}
