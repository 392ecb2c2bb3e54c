# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The command line, ``jupyter ml``.

Nothing here is loaded before it is needed: ``--help`` costs as much as click, and a command as much as the database.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit."""
    from jupyter_ml.cli.app import run

    sys.exit(run())
