# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The content of registered models: stored once in the artifact store, by its digest."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.storage.contents import remove_content, store_content
from jupyter_ml.tracking.repositories import local_path
from jupyter_ml.tracking.uploads import delete_upload, upload
from jupyter_ml.tracking.uris import artifact_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.storage.contents import ContentFile, Stored

__all__ = ["ModelContents"]

DIRECTORY = "registered-models"
"""In the artifact store, beside the artifacts of runs."""


class ModelContents:
    """The directories of registered models in the artifact store of a workspace."""

    def __init__(self, context: WorkspaceContext) -> None:
        root = artifact_root(context.settings.artifacts or str(context.layout.artifacts)).rstrip("/")
        self._uri = f"{root}/{DIRECTORY}"
        self._local = local_path(self._uri)
        self._registry = context.tracking.registry
        self._staging = context.layout.folder / "uploads"

    @contextmanager
    def stored(self, files: Iterable[ContentFile]) -> Iterator[tuple[Stored, str]]:
        """Store files, and yield what was stored with its location; it is removed if the block fails."""
        stored = store_content(self._local or self._staging, files)
        location = f"{self._uri}/{stored.digest}"
        try:
            if self._local is None:
                upload(stored.directory, location)
            yield stored, location
        except BaseException:
            self._registry.remove_unused(location, self.remove)
            raise
        finally:
            if self._local is None:
                shutil.rmtree(stored.directory, ignore_errors=True)

    def require(self, stored: Stored) -> None:
        """Raise UnavailableError if another process has deleted what was stored meanwhile."""
        if self._local is not None and not stored.directory.is_dir():
            raise UnavailableError("the same model was deleted at this moment: try again")

    def remove(self, locations: Sequence[str]) -> None:
        """Remove what is stored here at some locations; other locations belong to runs."""
        for location in locations:
            if not location.startswith(f"{self._uri}/"):
                continue
            if self._local is not None:
                remove_content(self._local / Path(location).name)
            else:
                delete_upload(location)
