# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The executor does not import modules that a job has written."""

from __future__ import annotations

import subprocess
import sys


def test_the_attempt_folder_is_not_on_the_import_path(attempt):
    run = attempt(command="true")
    # as `python -m` does when it starts in the folder of the attempt
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from jupyter_ml.executor.__main__ import main;"
        "print(main([sys.argv[1]]), sys.argv[1] in sys.path)"
    )
    argv = [sys.executable, "-c", code, str(run.folder.path)]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]
