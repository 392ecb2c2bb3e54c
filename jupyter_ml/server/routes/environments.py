# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments: what they have besides the operations of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_ml.server.decorators import operation
from jupyter_ml.server.handler import Handler
from jupyter_ml.server.kernels import python_of

if TYPE_CHECKING:
    from jupyter_ml.schemas.comparison import CompareQuery
    from jupyter_ml.schemas.environments import (
        Environment,
        EnvironmentBuild,
        EnvironmentCapture,
        EnvironmentComparison,
        EnvironmentCreate,
    )

__all__ = ["BuildHandler", "CaptureHandler", "ComparisonHandler", "EnvironmentsHandler"]

RESOURCE = "jupyter_ml:environments"


class EnvironmentsHandler(Handler):
    """Environments."""

    auth_resource = RESOURCE

    @operation("createEnvironment", status=201, location="/environments/{name}/versions/{version}", reads="contents")
    def post(self, body: EnvironmentCreate) -> Environment:
        """Create one version of an environment; a local path is a contents path."""
        return self.workspace.environments.create(body, root=self.app.root)


class BuildHandler(Handler):
    """The installation of an environment on this machine."""

    auth_resource = RESOURCE

    @operation("getEnvironmentBuild")
    def get(self, name: str) -> EnvironmentBuild:
        """Return whether one environment is installed, and its packages."""
        return self.workspace.environments.status(name)

    @operation("buildEnvironment", status=202)
    def post(self, name: str) -> EnvironmentBuild:
        """Start to install one environment, unless it is installed."""
        return self.workspace.environments.start_build(name)

    @operation("deleteEnvironmentBuild")
    def delete(self, name: str) -> EnvironmentBuild:
        """Remove the installation of one environment, unless it is in use; its lock remains."""
        return self.workspace.environments.delete_build(name)


class CaptureHandler(Handler):
    """The packages of a kernel of this server."""

    auth_resource = RESOURCE

    @operation("captureEnvironment", status=201, location="/environments/{name}/versions/{version}", reads="kernels")
    def post(self, name: str, body: EnvironmentCapture) -> Environment:
        """Create one version of an environment with the packages that a kernel has now."""
        python = python_of(self.kernel_manager, body.kernel)
        return self.workspace.environments.capture(name, python=python, description=body.description)


class ComparisonHandler(Handler):
    """A comparison of two versions."""

    auth_resource = RESOURCE

    @operation("compareEnvironments")
    def get(self, name: str, version: str, query: CompareQuery) -> EnvironmentComparison:
        """Return the packages of two versions of environments beside each other."""
        return self.workspace.environments.compare(f"{name}:{version}", query.to)
