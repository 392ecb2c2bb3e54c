# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An executor that is forked imports nothing more to run a notebook."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.schemas.launch import AttemptFolder, Launch
from tests.workspaces import write_notebook

if TYPE_CHECKING:
    from pathlib import Path

CODE = """
import sys
from jupyter_ml.executor.warm import warm
warm()
before = {*sys.modules}
from jupyter_ml.executor.__main__ import main
code = main(sys.argv[1:])
print("imported:", sorted(sys.modules.keys() - before), code)
"""


@pytest.mark.integration
def test_everything_that_a_notebook_needs_is_imported(tmp_path: Path) -> None:
    folder = AttemptFolder(tmp_path / "attempt")
    folder.write_launch(Launch(type="notebook", notebook="a.ipynb", marker="m"))
    folder.work.mkdir()
    write_notebook(folder.work / "a.ipynb", "print(1)", "1 + 1")
    argv = [sys.executable, "-c", CODE, str(folder.path)]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert "imported: [] 0" in done.stdout
