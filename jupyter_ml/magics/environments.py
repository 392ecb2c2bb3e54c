# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The ``%ml`` command of environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.magics.options import Parser
from jupyter_ml.schemas.assets import AssetQuery

if TYPE_CHECKING:
    from argparse import Namespace

    from jupyter_ml.services.tables import Table
    from jupyter_ml.services.workspace import Workspace

__all__ = ["capture", "capture_parser"]


def capture(workspace: Workspace, options: Namespace) -> Table[Any]:
    """Create a version of an environment with the packages that this kernel has now."""
    made = workspace.environments.capture(options.environment, description=options.description)
    if left_out := made.properties.get("left_out"):
        print(f"Left out, because other machines do not have them: {left_out}")  # noqa: T201
    return workspace.environments.table(AssetQuery(name=made.name, limit=1))


def capture_parser() -> Parser:
    """Return the parser of ``%ml environment capture NAME``."""
    parser = Parser("%ml environment", capture.__doc__ or "")
    parser.add_argument("operation", choices=("capture",), metavar="capture")
    parser.add_argument("environment", metavar="NAME")
    parser.add_argument("--description", help="Description of the version.")
    return parser
