# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What ``%load_ext jupyter_ml`` does, and how it is undone."""

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
    """Add ``%ml`` and ``%%ml``, their completion, and the live views; let MLflow log into the workspace.

    Where ``MLFLOW_TRACKING_URI`` is set already, by a job or by the user, it stays.
    """
    unload(shell)
    magics = MLMagics(shell)
    shell.register_magics(magics)
    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(Completion(magics))
    register_displays(shell)
    try:
        _log_into(magics)
    except JupyterMLError as error:  # the magics say so again, when they are used
        print(f"Jupyter ML: {visible(str(error), lines=True)}", file=sys.stderr)  # noqa: T201


def _log_into(magics: MLMagics) -> None:
    if TRACKING not in os.environ:
        found = magics.workspace.tracking_environment
        magics.variables = {name: value for name, value in found.items() if name not in os.environ}
        os.environ.update(magics.variables)


def unload(shell: InteractiveShell) -> None:
    """Take away what `load` added; jobs and their views go on."""
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
