# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a fork is given of the process that asks for it, and what it cannot be given."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, os
from jupyter_ml.agent.surroundings import apply_limits, limits, surroundings
before, given = surroundings(), limits()
apply_limits({**given, "priority": given["priority"] + 1})
same = surroundings() == before
print(json.dumps([same, os.getpriority(os.PRIO_PROCESS, 0) - given["priority"], limits()["umask"] == given["umask"]]))
"""


@pytest.mark.integration
def test_a_fork_is_given_a_lower_priority():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, 1, True]
