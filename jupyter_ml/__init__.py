# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jupyter ML: an ML workspace that lives inside JupyterLab."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ml.services.mltables import load_mltable, load_table
    from jupyter_ml.services.workspace import Workspace

__all__ = ["Workspace", "__version__", "load_mltable", "load_table"]


def __getattr__(name: str) -> Any:  # the facade imports SQLAlchemy: load it on first use
    if name == "Workspace":
        from jupyter_ml.services.workspace import Workspace

        return Workspace
    if name in ("load_mltable", "load_table"):
        return getattr(import_module("jupyter_ml.services.mltables"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Return the extensions that Jupyter Server loads."""
    extension = import_module("jupyter_ml.server.extension")  # by name: the package must not import the server
    return [{"module": "jupyter_ml", "app": extension.JupyterMLApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Return the location of the front end, for `jupyter-builder develop`."""
    return [{"src": "labextension", "dest": "jupyter-ml"}]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add ``%ml`` and ``%%ml`` to a notebook, by ``%load_ext jupyter_ml``.

    If ``MLFLOW_TRACKING_URI`` is not set, it is set for the session, so that runs logged directly with MLflow are
    stored in the workspace too. ``%unload_ext jupyter_ml`` undoes all of it.
    """
    import_module("jupyter_ml.magics.extension").load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Undo `load_ipython_extension`."""
    import_module("jupyter_ml.magics.extension").unload(shell)
