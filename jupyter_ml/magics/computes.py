# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The ``%ml`` command of computes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from jupyter_ml.magics.options import Parser
from jupyter_ml.schemas.compute_text import details, hours_query, series_text, usage_text
from jupyter_ml.schemas.escaping import visible

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_ml.services.tables import Table
    from jupyter_ml.services.workspace import Workspace

__all__ = ["compute", "compute_parser"]

REQUESTS = ("start", "stop", "restart")
OPERATIONS = ("list", "show", "usage", "logs", *REQUESTS)


def compute(workspace: Workspace, options: Namespace) -> Table[Any] | None:
    """List computes; show one, how busy it is or its log; start, stop or restart it."""
    computes, operation, name = workspace.computes, options.operation, options.compute
    if (name is None) is not (operation == "list"):
        raise UsageError(f"%ml compute {operation}: {'takes no NAME' if name else 'needs the NAME of a compute'}")
    if options.hours is not None and operation != "usage":
        raise UsageError(f"%ml compute {operation}: --hours is for usage")
    if operation in REQUESTS:
        getattr(computes, operation)(name)
        return computes.table({"filter": name})
    if operation == "list":
        return computes.table()
    print(visible(_text(workspace, operation, name, options.hours), lines=True))  # noqa: T201
    return None


def _text(workspace: Workspace, operation: str, name: str, hours: float | None) -> str:
    computes = workspace.computes
    if operation == "show":
        found = details(computes.get(name))
        return "\n".join(f"{key}: {value}" for key, value in found.items() if value not in (None, "", {}, []))
    if operation == "logs":
        return "\n".join(computes.logs(name).lines) or f"{name}: its log is empty"
    if hours is None:
        return usage_text(name, computes.usage(name))
    return series_text(computes.usage_series(name, hours_query(hours))) or f"{name}: not measured in that time"


def compute_parser() -> Parser:
    """Return the parser of ``%ml compute OPERATION [NAME]``."""
    parser = Parser("%ml compute", compute.__doc__ or "")
    parser.add_argument("operation", choices=OPERATIONS, metavar="|".join(OPERATIONS))
    parser.add_argument("compute", nargs="?", metavar="NAME")
    parser.add_argument("--hours", type=float, help="With usage: show how busy it was in these last hours.")
    return parser
