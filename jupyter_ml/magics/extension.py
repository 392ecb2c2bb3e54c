# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Load and unload the IPython extension: ``%load_ext jupyter_ml``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.magics.completion import Completion
from jupyter_ml.magics.display import register_displays, unregister_displays
from jupyter_ml.magics.ml import MLMagics
from jupyter_ml.schemas.escaping import visible

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["load", "unload"]

TRACKING = "MLFLOW_TRACKING_URI"


def load(shell: InteractiveShell) -> None:
    """Register ``%ml`` and ``%%ml``, their completion and displays; let MLflow log into the workspace.

    ``MLFLOW_TRACKING_URI`` is not changed if it is set already, by a job or by the user.
    """
    unload(shell)
    magics = MLMagics(shell)
    shell.register_magics(magics)
    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(Completion(magics))
    register_displays(shell)
    try:
        _set_tracking_uri(magics)
    except JupyterMLError as error:  # the magics report it again when they are used
        print(f"Jupyter ML: {visible(str(error), lines=True)}", file=sys.stderr)  # noqa: T201


def _set_tracking_uri(magics: MLMagics) -> None:
    if TRACKING not in os.environ:
        variables = magics.workspace.tracking_environment
        magics.variables = {name: value for name, value in variables.items() if name not in os.environ}
        os.environ.update(magics.variables)


def unload(shell: InteractiveShell) -> None:
    """Remove what `load` registered; jobs and their views continue."""
    magics = shell.magics_manager.registry.pop(MLMagics.__name__, None)
    if not isinstance(magics, MLMagics):
        return
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("ml", None)
    if shell.Completer is not None:
        matchers = shell.Completer.custom_matchers
        matchers[:] = [matcher for matcher in matchers if not isinstance(matcher, Completion)]
    unregister_displays(shell)
    for name, value in magics.variables.items():
        if os.environ.get(name) == value:
            del os.environ[name]
