# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The command line, ``jupyter ml``.

Modules are imported when a command needs them: ``--help`` imports click only, and a command the store.
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit."""
    from jupyter_ml.cli.handover import hand_over

    if (code := hand_over(sys.argv[1:])) is not None:
        os._exit(code)  # this process has nothing to clean up
    from jupyter_ml.imports import collect_rarely

    collect_rarely()
    from jupyter_ml.cli.app import run

    sys.exit(run())
