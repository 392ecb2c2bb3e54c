# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What is kept out of a program is as good as not installed."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from jupyter_ml.imports import keep_out
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
