# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The ``%ml`` command of computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.magics.options import Parser

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_ml.services.tables import Table
    from jupyter_ml.services.workspace import Workspace

__all__ = ["change", "change_parser"]


def change(workspace: Workspace, options: Namespace) -> Table[Any]:
    """Start, stop or restart a compute; %ml computes shows when that is done."""
    computes = workspace.computes
    {"start": computes.start, "stop": computes.stop, "restart": computes.restart}[options.operation](options.compute)
    return computes.table({"filter": options.compute})


def change_parser() -> Parser:
    """Return the parser of ``%ml compute start|stop|restart NAME``."""
    parser = Parser("%ml compute", change.__doc__ or "")
    parser.add_argument("operation", choices=("start", "stop", "restart"), metavar="start|stop|restart")
    parser.add_argument("compute", metavar="NAME")
    return parser
