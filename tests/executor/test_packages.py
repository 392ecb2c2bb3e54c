# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The packages of a kernel's environment are listed."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.executor.packages import list_packages
from jupyter_ml.executor.python_installation import describe

if TYPE_CHECKING:
    from pathlib import Path


def test_own_environment() -> None:
    packages = list_packages(describe(sys.executable).path)
    assert f"pydantic=={version('pydantic')}" in packages
    assert packages == sorted(packages, key=str.lower)


@pytest.mark.integration
def test_environment_of_another_python(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o700)
    assert set(list_packages(describe(str(python)).path)) >= {f"pydantic=={version('pydantic')}"}


@pytest.mark.integration
def test_another_program_has_no_packages() -> None:
    assert describe("/bin/false") is describe("/bin/echo") is describe("/no/such/program") is None
