# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A blocked module cannot be imported, and collections are suspended during imports only."""

from __future__ import annotations

import gc
import subprocess
import sys
from contextlib import suppress

import pytest

from jupyter_ml.imports import without_collections

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


@pytest.mark.integration
def test_a_blocked_module_is_not_found():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["email", "False"]


def test_collections_go_on_after_an_import_that_fails():
    found = []
    with suppress(ImportError), without_collections():
        with without_collections():
            found.append(gc.isenabled())
        found.append(gc.isenabled())
        raise ImportError
    assert [*found, gc.isenabled()] == [False, False, True]
