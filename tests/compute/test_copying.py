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
from jupyter_ml.executor.socket_directory import socket_directory
from jupyter_ml.schemas.launch import AttemptFolder

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


@pytest.mark.parametrize("replaced", [False, True])
def test_sockets_that_a_killed_executor_has_left_are_removed_with_its_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, replaced: bool
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    attempt, precious = AttemptFolder(tmp_path / "attempt"), tmp_path / "precious"
    for folder in (attempt.path, precious):
        folder.mkdir()
    sockets = socket_directory()
    (sockets / "kernel-1").touch()
    attempt.sockets.symlink_to(sockets)
    attempt.services.symlink_to(precious)
    if replaced:
        archive = io.BytesIO()
        copying.pack(tmp_path / "nothing", archive)
        archive.seek(0)
        copying.unpack(attempt.path, archive, file=False)
    else:
        copying.main("remove", str(attempt.path))
    assert {each.name for each in tmp_path.iterdir()} == {"precious", *(["attempt"] if replaced else [])}
