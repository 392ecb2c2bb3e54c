# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What is kept out of a program is as good as not installed."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from jupyter_ml.executor.imports import keep_out
keep_out("email")
try:
    import email
except ImportError as error:
    print(error.name, "email" in sys.modules)
import json
"""


def test_a_module_that_is_kept_out_is_found_nowhere():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["email", "False"]


def test_nothing_is_imported_from_where_the_job_can_write(attempt):
    run = attempt(command="true")
    # as `python -m` does that starts in the folder of the attempt
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from jupyter_ml.executor.__main__ import main;"
        "print(main([sys.argv[1]]), sys.argv[1] in sys.path)"
    )
    argv = [sys.executable, "-c", code, str(run.folder.path)]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]
