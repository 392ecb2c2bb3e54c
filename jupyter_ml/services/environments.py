# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments: define them, build them, and find the one of a job."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any

from jupyter_ml.environments.building import build
from jupyter_ml.environments.capture import captured
from jupyter_ml.environments.definitions import read_definition
from jupyter_ml.environments.elsewhere import identity_of
from jupyter_ml.environments.source_files import SourceFiles
from jupyter_ml.errors import InvalidInputError, JupyterMLError
from jupyter_ml.kernels.tracking import provide
from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.schemas.environments import (
    ENVIRONMENT,
    Environment,
    EnvironmentComparison,
    EnvironmentCreate,
    PrunedEnvironments,
)
from jupyter_ml.schemas.resources import Page
from jupyter_ml.services.assets import AssetService
from jupyter_ml.services.comparing import differences, versions_of
from jupyter_ml.services.contents_paths import resolve_path
from jupyter_ml.services.environment_builds import build_changed, installations, require_unused, users_of
from jupyter_ml.services.kernels import update_kernels
from jupyter_ml.services.tracking_server import tracking_server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from jupyter_ml.schemas.assets import AssetSource
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.environment_definition import Definition
    from jupyter_ml.schemas.environments import EnvironmentBuild
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["EnvironmentService"]


class EnvironmentService(AssetService[Environment, AssetQuery]):
    """The environments of a workspace."""

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, ENVIRONMENT, context.store.environments)

    def list(self, query: AssetQuery | Mapping[str, Any] | None = None, *, wait: bool = True) -> Page[Environment]:
        """Return one page of environments, each by its latest version; see `AssetService.list`."""
        page = super().list(query, wait=wait)
        return Page(items=[self._with_state(item) for item in page.items], total=page.total)

    def get(self, name: str) -> Environment:
        """Return one version: ``NAME``, ``NAME:VERSION`` or ``NAME@LABEL``."""
        return self._with_state(super().get(name))

    def create(
        self, spec: Schema | Mapping[str, Any], *, source: AssetSource | None = None, root: Path | None = None
    ) -> Environment:
        """Create a version of an environment; what its files contain is stored with it.

        Parameters
        ----------
        spec
            The version; a relative path is relative to the working directory.
        source
            The job or notebook that creates it.
        root
            Root directory of the server, to which a path is relative then.

        Raises
        ------
        InvalidInputError
            If a file is missing or wrong, or names a package that cannot be installed.
        ConflictError
            If the version exists.
        """
        given = self._parse(spec)
        assert isinstance(given, EnvironmentCreate)
        given = given.with_paths(lambda path, field: str(resolve_path(root, path, field)))
        if not given.has_packages:
            return self._create(given, source)
        contents, definition = read_definition(given, SourceFiles(root))
        given = given.model_copy(update={**contents, "python": definition.python})
        return self._with_kernels(  # the same packages may be installed already
            self._create(given, source, definition=definition.model_dump(mode="json"), identity=definition.identity)
        )

    def capture(
        self, name: str, *, python: str | None = None, description: str | None = None, source: AssetSource | None = None
    ) -> Environment:
        """Create a version with the packages that a Python has now, each with its version.

        Packages in directories of this machine are left out, and listed in the property ``left_out``.

        Parameters
        ----------
        name
            Name of the environment.
        python
            Path of a Python; by default this one.
        description
            Description of the version.
        source
            The job or notebook that creates it.
        """
        found = captured(python)
        local = found["local"]
        assert isinstance(local, list)
        return self.create(
            {
                "name": name,
                "description": description or "",
                "requirements": found["requirements"],
                "python": found["python"],
                "properties": {"left_out": ", ".join(local)} if local else {},
            },
            source=source,
        )

    def kernel_folder(self) -> Path:
        """Return the directory with the kernels of environments and computes, which are brought up to date.

        Those that this process starts on other machines log to this workspace.
        """
        update_kernels(self._context)
        provide(self._context.layout.folder, partial(tracking_server, self._context))
        return self._context.layout.kernels

    def status(self, name: str) -> EnvironmentBuild:
        """Return whether an environment is installed on this machine, and its packages."""
        return installations(self._context).describe(self._definition(name).identity)

    def build(self, name: str, *, progress: Callable[[int, str], None] | None = None) -> EnvironmentBuild:
        """Install an environment, unless it is installed, and return what is in it.

        Parameters
        ----------
        name
            ``NAME``, ``NAME:VERSION`` or ``NAME@LABEL``.
        progress
            Called at each step with the number of steps that are done, and a description of the next one.

        Raises
        ------
        InvalidInputError
            If it has only an image, there is no such Python, or the packages cannot be resolved or installed.
        UnavailableError
            If uv is not installed, or no package index can be reached.
        """
        definition = self._definition(name)
        nearest = self._context.settings.environments.python == "nearest"
        places = installations(self._context)
        if places.python(definition.identity) is None:
            try:
                build(places, definition, nearest=nearest, progress=progress)
            finally:
                build_changed(self._context, definition.identity)
        return places.describe(definition.identity)

    def start_build(self, name: str) -> EnvironmentBuild:
        """Start to install an environment in a thread, and return its state; `status` has the reason if it fails."""
        definition = self._definition(name)
        found = installations(self._context).describe(definition.identity)
        if found.state in ("built", "building"):
            return found
        Thread(target=self._build_quietly, args=(name,), daemon=True).start()
        return found.model_copy(update={"state": "building", "message": None})

    def delete_build(self, name: str) -> EnvironmentBuild:
        """Remove the installation of an environment, and return its state; its lock remains.

        Raises
        ------
        ConflictError
            If a job or a kernel runs in it.
        """
        identity, places = self._definition(name).identity, installations(self._context)
        require_unused(self._context, identity)
        for each in (identity, *places.installed()):
            if identity_of(each) == identity:
                places.remove(each)
        build_changed(self._context, identity)
        return places.describe(identity)

    def compare(self, first: str, second: str) -> EnvironmentComparison:
        """Return the packages of two versions beside each other: those of their locks, or else their requirements."""
        one, two = self.get(first), self.get(second)
        places, definitions = installations(self._context), (self._definition(first), self._definition(second))
        built = [places.describe(each.identity) for each in definitions]
        resolved = all(each.lock for each in built)
        packages = [
            versions_of(found.packages if resolved else given.requirements, given.python)
            for found, given in zip(built, definitions, strict=True)
        ]
        return EnvironmentComparison(first=one, second=two, resolved=resolved, packages=differences(*packages))

    def archive(self, name: str) -> Environment:
        """Archive a version or an environment, which removes it from lists and from the kernels of JupyterLab."""
        return self._with_kernels(super().archive(name))

    def restore(self, name: str) -> Environment:
        """Restore an archived version or environment."""
        return self._with_kernels(super().restore(name))

    def delete(self, name: str) -> None:
        """Delete a version or an environment; its installation remains until `prune` removes it."""
        super().delete(name)
        update_kernels(self._context)

    def prune(self, *, everything: bool = False) -> PrunedEnvironments:
        """Remove installations that no environment of the workspace has, or all; a job installs its own again.

        Those in which a job or a kernel runs stay.

        The locks remain, so that the same versions are installed again.
        """
        places = installations(self._context)
        used = {*users_of(self._context), *(() if everything else self._context.store.environments.identities())}
        removed = [each for each in places.installed() if identity_of(each) not in used]
        pruned = PrunedEnvironments(removed=removed, bytes=sum(map(places.remove, removed)))
        for identity in removed:
            build_changed(self._context, identity)
        return pruned

    def _build_quietly(self, name: str) -> None:
        with suppress(JupyterMLError):
            self.build(name)

    def _definition(self, name: str) -> Definition:
        found = super().get(name)
        if found.definition is None:
            raise InvalidInputError(
                f"the environment {found.reference} has only a Docker image, which the computes of this workspace "
                "cannot run: add a conda_file or requirements"
            )
        return found.definition

    def _with_kernels(self, item: Environment) -> Environment:
        update_kernels(self._context)
        return self._with_state(item)

    def _with_state(self, item: Environment) -> Environment:
        if item.identity is None:
            return item
        state = installations(self._context).describe(item.identity, details=False).state
        return item.model_copy(update={"state": state})
