# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments: define them, build them, and find the one of a job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_ml.environments.definitions import read_definition
from jupyter_ml.environments.source_files import SourceFiles
from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.schemas.environments import ENVIRONMENT, Environment, EnvironmentCreate
from jupyter_ml.services.assets import AssetService
from jupyter_ml.services.contents_paths import resolve_contents_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.schemas.assets import AssetSource
    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["EnvironmentService"]


class EnvironmentService(AssetService[Environment, AssetQuery]):
    """The environments of a workspace."""

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, ENVIRONMENT, context.store.environments)

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
        given = given.with_paths(lambda path, field: _absolute(path, field, root))
        if not given.has_packages:
            return self._create(given, source)
        contents, definition = read_definition(given, SourceFiles(root))
        given = given.model_copy(update={**contents, "python": definition.python})
        return self._create(given, source, definition=definition.model_dump(mode="json"), identity=definition.identity)


def _absolute(path: str, field: str, root: Path | None) -> str:
    return str(resolve_contents_path(root, path, field) if root else Path(path).expanduser().absolute())
