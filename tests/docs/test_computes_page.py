# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The example of the page about computes is a complete compute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_ml.agent import __main__
from jupyter_ml.compute.testing import ComputeContract
from tests.docs.pages import blocks

PAGE = Path("docs/developers/computes.md").resolve()


def test_the_example_is_complete() -> None:
    names: dict[str, Any] = {}
    for block in blocks(PAGE, "python"):
        exec(block, names)
    compute = names["Machine"]("box", names["MachineSettings"](host="box", directory="/srv/ml"))
    assert str(compute.path(Path("/a/b"))) == "/srv/ml/files/a/b"
    assert issubclass(names["TestMachine"], ComputeContract)


def test_the_commands_exist() -> None:
    text = Path(__main__.__file__).read_text()
    for command in ("relay", "listen", "daemon"):
        assert f"agent.pyz {command} DIRECTORY" in PAGE.read_text()
        assert f'"{command}"' in text
