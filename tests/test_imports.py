# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A blocked module cannot be imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration

CODE = """
import sys
from jupyter_ml.imports import block_imports
block_imports("email")
try:
    import email
except ImportError as error:
    print(error.name, "email" in sys.modules)
import json
"""


def test_a_blocked_module_is_not_found():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["email", "False"]
