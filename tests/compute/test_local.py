# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The local compute keeps the contract, and knows its processes from strangers."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.base import MARKER, UNKNOWN_EXIT, ProcessSpec
from jupyter_ml.compute.local import LocalCompute
from jupyter_ml.compute.testing import ComputeContract

if TYPE_CHECKING:
    from pathlib import Path


class TestLocalCompute(ComputeContract):
    @pytest.fixture
    def compute(self) -> LocalCompute:
        return LocalCompute()


def test_a_recycled_number_is_not_mistaken(tmp_path: Path) -> None:
    compute = LocalCompute()
    spec = ProcessSpec(argv=["sleep", "600"], cwd=tmp_path, log=tmp_path / "log", marker=f"recycled-{tmp_path}")
    stranger = compute.spawn(spec)
    info = {**stranger.info(), "birth": "earlier", "marker": "gone"}
    process = compute.attach(info)
    assert process.poll() == UNKNOWN_EXIT
    process.signal(9)
    process.kill()
    assert stranger.poll() is None
    stranger.kill()


def test_the_environment_is_not_shown(tmp_path: Path) -> None:
    spec = ProcessSpec(argv=["true"], cwd=tmp_path, log=tmp_path / "log", marker="m", env={"TOKEN": "hidden-value"})
    assert "hidden-value" not in repr(spec)


def test_kill_marked_spares_the_caller_and_its_ancestors(tmp_path: Path) -> None:
    marker = f"own-{tmp_path}"
    code = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', sys.argv[1], sys.argv[2]]))"
    inner = "import sys; from jupyter_ml.compute.marked import kill_marked; kill_marked(sys.argv[1]); print('alive')"
    argv = [sys.executable, "-c", code, inner, marker]
    done = subprocess.run(argv, env={**os.environ, MARKER: marker}, capture_output=True, text=True, check=True)
    assert done.stdout == "alive\n"
